import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { FileStore } from '../../lake/file-store.ts';
import { LakeRegistry } from '../../ml/lake-registry.ts';
import { made } from '../ml/registry.contract.ts';
import { SHOP_PROJECT, strata } from './strata-process.ts';

// Each command is a process of its own; on a busy machine its start takes a while.
vi.setConfig({ testTimeout: 240_000 });

const cwd = mkdtempSync(join(tmpdir(), 'strata-model-'));
const lake = join(cwd, '.strata/lake');
afterAll(() => rmSync(cwd, { recursive: true, force: true }));
const run = (...args: string[]) => strata({ cwd }, 'model', ...args, '--project', SHOP_PROJECT);
const registry = new LakeRegistry(new FileStore(lake), 'dev', () => '2026-11-22T01:02:03.000000Z');

beforeAll(async () => {
  for (const by of ['run-1', 'run-2']) await registry.register('fraud', await made(new FileStore(lake), by));
});

test('a version is promoted, another one, and the first comes back; all of it is told', async () => {
  const first = await run('promote', 'fraud', '1', '--why', 'the first', '--who', 'ada', '--yes');
  expect([first.code, first.stdout]).toEqual([0, 'champion of fraud: nobody -> version 1\n']);
  await run('promote', 'fraud', '2', '--why', 'better', '--who', 'ada', '--yes');
  expect(await registry.alias('fraud', 'champion')).toBe(2);
  const back = await run('rollback', 'fraud', '--why', 'alerts doubled', '--who', 'bob', '--yes', '--json');
  expect(JSON.parse(back.stdout)).toMatchObject({ model: 'fraud', from: 2, to: 1, who: 'bob', why: 'alerts doubled' });
  const { stdout } = await run('history', 'fraud');
  const moves = stdout
    .trim()
    .split('\n')
    .slice(2)
    .map((line) => line.slice(21));
  expect(moves).toEqual([
    'champion: nobody -> version 1, by ada: the first',
    'champion: version 1 -> version 2, by ada: better',
    'champion: version 2 -> version 1, by bob: alerts doubled',
  ]);
});

test('lists and shows', async () => {
  const all = await run('ls', '--json');
  expect(JSON.parse(all.stdout)).toMatchObject([{ model: 'fraud', champion: 1, challenger: null }]);
  const versions = await run('ls', 'fraud');
  expect(versions.stdout).toContain('champion');
  expect(versions.stdout).toContain('averagePrecision');
  const shown = await run('show', 'fraud');
  expect(shown.stdout).toContain('fraud version 1, registered');
  expect(shown.stdout).toContain('sha256 as registered');
  expect(shown.stdout).toContain('gold.features  version 12');
});

test('what cannot be done is refused, and nothing moves', async () => {
  const before = await registry.history('fraud');
  const refusals = await Promise.all([
    run('show', 'fruad'),
    run('promote', 'fraud', '9', '--why', 'x', '--yes'),
    run('promote', 'fraud', 'two', '--why', 'x', '--yes'),
    run('promote', 'fraud', '2', '--why', ' ', '--yes'),
    run('rollback', 'fraud', '--why', 'further', '--yes'),
    run('promote', 'fraud', '2', '--why', 'nobody answers'),
  ]);
  const late = await run('promote', 'fraud', '2', '--expect', '2', '--why', 'compared with 2', '--yes');
  expect([late.code, late.stderr]).toEqual([1, expect.stringContaining('is version 1, not version 2')]);
  expect(refusals.map(({ code, stdout }) => [code, stdout])).toEqual(refusals.map(() => [2, '']));
  expect(refusals[0]!.stderr).toContain('fraud');
  writeFileSync(join(lake, 'made/run-2.txt'), 'another model');
  const damaged = await run('promote', 'fraud', '2', '--why', 'x', '--yes');
  expect([damaged.code, damaged.stderr]).toEqual([1, expect.stringContaining('hash')]);
  expect((await run('show', 'fraud', '2')).code).toBe(1);
  expect(await registry.history('fraud')).toEqual(before);
});
