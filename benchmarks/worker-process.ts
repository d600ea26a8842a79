import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** A worker as a user starts it, with these settings and none of this process's. It serves when this returns. */
export async function startWorker(cwd: string, variables: Record<string, string>): Promise<ChildProcess> {
  const foreign = /^(STRATA_|TEMPORAL_|AWS_|POSTGRES_URL|MONGODB_URL)/;
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
  const worker = spawn(process.execPath, [join(ROOT, 'bin/strata.mjs'), 'worker'], {
    cwd,
    env: { ...own, ...variables },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  process.once('exit', () => worker.kill('SIGKILL'));
  let said = '';
  worker.stderr!.setEncoding('utf8').on('data', (text: string) => {
    if (said.includes('serving ') && !text.includes('stopped')) process.stderr.write(text);
    said += text;
  });
  const ended = once(worker, 'exit');
  while (!said.includes('serving ')) {
    await Promise.race([once(worker.stderr!, 'data'), ended]);
    if (worker.exitCode !== null) throw new Error(`The worker ended before it served:\n${said}`);
  }
  return worker;
}

export async function stopWorker(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const ended = once(worker, 'exit');
  worker.kill('SIGTERM');
  await ended;
}
