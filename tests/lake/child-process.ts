import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export interface Child {
  readonly process: ChildProcess;
  readonly lines: string[];
  /** The first line. */
  readonly ready: Promise<void>;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  readonly errors: () => string;
}

/** Runs a TypeScript file beside this one. @param shell prefix such as `ulimit -f 64;` */
export function startChild(file: string, args: readonly string[], shell = ''): Child {
  const script = fileURLToPath(new URL(file, import.meta.url));
  const command = [process.execPath, '--import', 'tsx', script, ...args].map((arg) => `'${arg}'`).join(' ');
  const child = spawn('bash', ['-c', `${shell} exec ${command}`], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const lines: string[] = [];
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.on('close', (code, signal) => resolve(signal ?? code ?? -1));
  });
  const ready = new Promise<void>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      lines.push(line);
      resolve();
    });
    child.on('close', () => reject(new Error(`the child ended early: ${errors}`)));
  });
  ready.catch(() => undefined);
  return { process: child, lines, ready, ended, errors: () => errors };
}
