import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { BIN, environment, type Place } from './strata-process.ts';

/** Runs a program on a terminal of its own, 100 columns wide; ends as it ends. */
const PTY = `
import fcntl, os, pty, struct, sys, termios
def size(fd): fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
def read(fd):
    size(fd)
    return os.read(fd, 4096)
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:], read)))
`;

/** Only Python's pty module gives a terminal without another package. */
export const canHaveTerminal =
  spawnSync('python3', ['-c', 'import os, pty, termios; os.waitstatus_to_exitcode']).status === 0;

/** `strata` as a person sees it who types an answer to its one question. */
export async function onTerminal(
  { cwd, variables }: Place,
  answer: string,
  ...args: readonly string[]
): Promise<{ code: number | null; screen: string }> {
  const child = spawn('python3', ['-c', PTY, process.execPath, BIN, ...args], {
    cwd,
    env: environment(variables),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let screen = '';
  let answered = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
    if (answered || !screen.includes('[y/N]')) return;
    answered = true;
    child.stdin.write(`${answer}\n`);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, screen };
}
