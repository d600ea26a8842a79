import { spawn } from 'node:child_process';
import { unwatch, watch } from './orphan.watchdog.ts';

export interface CommandResult {
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  cwd?: string;
  env?: Record<string, string | undefined>;
  /** Milliseconds until the command is killed. */
  timeoutMs: number;
  /** Each line of standard output and error, as it comes. */
  onLine?: (line: string) => void;
}

const KEPT_CHARACTERS = 20_000;

/** Runs a command to its end. Rejects with its last words when it cannot start, fails, or takes too long. */
export async function runCommand(command: string, args: string[], options: CommandOptions): Promise<CommandResult> {
  const spoken = [command, ...args.slice(0, 1)].join(' ');
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { pid } = child;
    if (pid !== undefined) watch(pid, 'SIGTERM');
    let stdout = '';
    let stderr = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, options.timeoutMs);
    const listen = (chunk: Buffer) => {
      for (const line of chunk.toString('utf8').split('\n')) if (line.trim()) options.onLine?.(line.trim());
    };
    child.stdout.on('data', (chunk: Buffer) => {
      stdout = (stdout + chunk.toString('utf8')).slice(-KEPT_CHARACTERS);
      listen(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString('utf8')).slice(-KEPT_CHARACTERS);
      listen(chunk);
    });
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(new Error(`${command} could not be started: ${error.message}`));
    });
    child.once('close', (code, signal) => {
      if (pid !== undefined) unwatch(pid);
      clearTimeout(timer);
      if (late) reject(new Error(`${command} took longer than ${options.timeoutMs / 1000} s`));
      else if (code === 0) resolve({ stdout, stderr });
      else reject(new Error(`${spoken} ended with ${code ?? signal}: ${lastWords(stderr || stdout)}`));
    });
  });
}

/** The last lines that say something, short enough for an error message. */
export function lastWords(text: string, lines = 4): string {
  return text.trim().split('\n').slice(-lines).join(' | ').slice(-600);
}
