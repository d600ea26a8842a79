import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { identify } from '../../services/process.identity.ts';
import { resetServices } from '../../services/reset.services.ts';
import type { ServiceEvent } from '../../services/service.report.ts';
import { describeWith } from '../servers.ts';
import { ownFolder, ownServices } from './own.services.ts';

const FIXTURE = join(import.meta.dirname, 'starter.fixture.ts');

interface OtherProcess {
  child: ChildProcess;
  /** The server that it started. */
  server: number;
  addresses: unknown;
}

/** Another Node process that starts S3 on the folder and stays. */
async function otherProcess(dataDir: string): Promise<OtherProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', FIXTURE, dataDir, 's3'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await gone;
  });
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk) => resolve(String(chunk)));
    child.once('exit', () => reject(new Error('the other process ended before its server was up')));
  });
  const { addresses, processes } = JSON.parse(line) as { addresses: unknown; processes: { pid: number }[] };
  return { child, server: processes[0]?.pid ?? 0, addresses };
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

async function untilGone(pid: number, withinMs: number): Promise<boolean> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; ) {
    if (!identify(pid)) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

await describeWith(['s3'], 'The process that started a server', () => {
  it('lives until its server has stopped, even with nothing else to do', () => {
    const output = execFileSync(process.execPath, ['--import', 'tsx', FIXTURE, ownFolder(), 's3', 'stop'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(output).toMatch(/stopped\n$/);
  });

  it('takes the server with it when it is killed', async () => {
    const { child, server } = await otherProcess(ownFolder());
    expect(identify(server)).toBeDefined();
    await kill(child);
    expect(await untilGone(server, 10_000)).toBe(true);
  });

  it('shares the server with a second process, whose stop leaves it running', async () => {
    const dataDir = ownFolder();
    const { server, addresses } = await otherProcess(dataDir);
    const second = await ownServices({ want: ['s3'], dataDir });
    expect(second.addresses).toEqual(addresses);
    expect(second.processes).toEqual([{ name: 's3', pid: server }]);
    expect(second.handle('s3')).toBeUndefined();
    await second.stop();
    expect(identify(server)).toBeDefined();
  });

  it('leaves an orphan when its watchdog is killed too, which the next start ends and replaces', async () => {
    const dataDir = ownFolder();
    const { child, server, addresses } = await otherProcess(dataDir);
    const children = execFileSync('ps', ['-o', 'pid=,comm=', '--ppid', String(child.pid)], { encoding: 'utf8' });
    const watchdog = Number(/^\s*(\d+) sh$/m.exec(children)?.[1]);
    process.kill(watchdog, 'SIGKILL');
    await kill(child);
    expect(await untilGone(server, 1_000)).toBe(false);
    const events: ServiceEvent[] = [];
    const next = await ownServices({ want: ['s3'], dataDir, report: (event) => events.push(event) });
    expect(identify(server)).toBeUndefined();
    expect(next.handle('s3')?.pid).not.toBe(server);
    expect(events.map(({ message }) => message).join('\n')).toContain(`ending process ${server}, left over`);
    expect(next.addresses.s3.accessKeyId).toBe((addresses as typeof next.addresses).s3.accessKeyId);
  });

  it('protects its data from a reset, which works once it has ended', async () => {
    const dataDir = ownFolder();
    const { child, server } = await otherProcess(dataDir);
    await expect(resetServices(dataDir)).rejects.toMatchObject({
      code: 'conflict',
      hint: expect.stringContaining(`kill ${child.pid}`),
    });
    expect(identify(server)).toBeDefined();
    await kill(child);
    await resetServices(dataDir);
    expect(identify(server)).toBeUndefined();
    expect(existsSync(join(dataDir, 'services'))).toBe(false);
    expect(existsSync(dataDir)).toBe(true);
  });
});
