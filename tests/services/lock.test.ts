import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withLock } from '../../services/file.lock.ts';
import { endProcess, identify, isAlive } from '../../services/process.identity.ts';
import { ownFolder } from './own.services.ts';

const ended = () => spawnSync('true').pid;

describe('a lock', () => {
  it('lets one in at a time, whatever they do, and leaves no file', async () => {
    const path = join(ownFolder(), 'locks', 'lock');
    let inside = 0;
    let most = 0;
    const waits: number[] = [];
    const enter = (fails: boolean) =>
      withLock(
        path,
        (pid) => waits.push(pid),
        async () => {
          most = Math.max(most, ++inside);
          await new Promise((resolve) => setTimeout(resolve, 20));
          inside--;
          if (fails) throw new Error('on purpose');
        },
      );
    const results = await Promise.allSettled([enter(false), enter(true), enter(false), enter(false)]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(most).toBe(1);
    expect(waits).toEqual([process.pid, process.pid, process.pid]);
    expect(readdirSync(join(path, '..'))).toEqual([]);
  });

  it.each([
    ['of a process that has died', () => JSON.stringify({ pid: ended(), started: '1' })],
    ['of a process whose number another one has now', () => JSON.stringify({ pid: process.pid, started: '1' })],
    ['that cannot be read', () => ''],
  ])('%s is taken over', async (_what, content) => {
    const path = join(ownFolder(), 'lock');
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, content());
    const waited = () => expect.unreachable();
    expect(await withLock(path, waited, async () => existsSync(path))).toBe(true);
    expect(existsSync(path)).toBe(false);
  });
});

describe('a process', () => {
  it('is told from another one that has its number', () => {
    const me = identify(process.pid);
    expect(me && isAlive(me)).toBe(true);
    expect(me && isAlive({ ...me, started: 'another time' })).toBe(false);
    expect(identify(ended())).toBeUndefined();
  });

  it('is left alone when it only has the number', async () => {
    await endProcess({ pid: process.pid, started: 'another time' }, 'SIGKILL');
    expect(identify(process.pid)).toBeDefined();
  });
});
