import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { StrataError } from '../core/errors.ts';

/** Every server listens here and nowhere else. */
export const HOST = '127.0.0.1';

// Below the range that the kernel hands to outgoing connections, so that no client takes the port before the server does.
const FREE_FROM = 20_000;
const FREE_COUNT = 12_000;

/**
 * The port to use: the wanted one if it is free, any free one for 0. `setting` is what to change when it is taken.
 * A taken port is an error; whatever holds it is left alone.
 */
export async function choosePort(wanted: number, setting: string): Promise<number> {
  if (!Number.isInteger(wanted) || wanted < 0 || wanted > 65_535) {
    throw new StrataError('bad_settings', `${setting} is ${wanted}, which is no port`, {
      where: setting,
      hint: 'Give a number from 1 to 65535, or 0 for any free port.',
    });
  }
  if (wanted === 0) return anyFreePort();
  if (await isFree(wanted)) return wanted;
  throw await portTaken(wanted, setting);
}

export async function portTaken(port: number, setting: string): Promise<StrataError> {
  const holder = await whoListens(port);
  return new StrataError('bad_settings', `Port ${port} on ${HOST} is taken${holder ? ` by ${holder}` : ''}`, {
    where: setting,
    hint: `Stop what listens there, or choose another port with ${setting} (0 picks a free one).`,
  });
}

export async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: HOST, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

async function anyFreePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = FREE_FROM + Math.floor(Math.random() * FREE_COUNT);
    if (await isFree(port)) return port;
  }
  throw new StrataError('internal', `No free port between ${FREE_FROM} and ${FREE_FROM + FREE_COUNT}`, {
    hint: 'Give the ports explicitly.',
  });
}

/** Best effort: tools that name the holder are not everywhere, and other users' processes are hidden. */
async function whoListens(port: number): Promise<string | undefined> {
  const run = promisify(execFile);
  try {
    const { stdout } = await run('ss', ['-Hltnp', `sport = :${port}`]);
    const match = /\("([^"]+)",pid=(\d+)/.exec(stdout);
    if (match) return `${match[1]} (process ${match[2]})`;
  } catch {}
  try {
    const { stdout } = await run('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']);
    const pid = /^p(\d+)/m.exec(stdout)?.[1];
    if (pid) return `${/^c(.+)/m.exec(stdout)?.[1] ?? 'a program'} (process ${pid})`;
  } catch {}
  return undefined;
}
