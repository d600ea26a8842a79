import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { newestCheckpoint, writeCheckpoint } from '../../lake/checkpoints.ts';
import { FileStore } from '../../lake/file-store.ts';
import { checkpointFile, commitFile, lastCheckpointFile, ledgerFile } from '../../lake/layout.ts';
import { MemoryStore } from '../../lake/memory-store.ts';
import type { ObjectStore } from '../../lake/object-store.ts';
import { openTable } from '../../lake/table.ts';
import { tempFolder } from './fixtures.ts';
import { plainState } from './plain-state.ts';
import { commitSomething, dice } from './random-ledger.ts';

const NAME = 'silver.payment';
const open = (store: ObjectStore, checkpointEvery = 1000) => openTable(store, 'dev', NAME, { checkpointEvery });

async function tableOf(store: ObjectStore, commits: number, seed: number, checkpointEvery = 1000): Promise<void> {
  const roll = dice(seed);
  const table = open(store, checkpointEvery);
  for (let i = 0; i < commits; i++) await commitSomething(table, roll, `a${i}`);
}

describe('a checkpoint', () => {
  test.each([1, 2, 3])('holds what the log holds, at every version (seed %i)', async (seed) => {
    const store = new FileStore(await tempFolder());
    await tableOf(store, 30, seed);
    const fromLog = [];
    for (let version = 0; version < 30; version++) fromLog.push(plainState(await open(store).loadAt(version)));
    for (const at of [4, 17, 29]) {
      await writeCheckpoint(store, `dev/silver/payment`, await open(store).loadAt(at));
    }
    for (let version = 0; version < 30; version++) {
      expect(plainState(await open(store).loadAt(version))).toEqual(fromLog[version]);
    }
    expect(plainState(await open(store).load())).toEqual(fromLog[29]);
  });

  test('is written every so many commits, and a load reads no commit before it', async () => {
    const store = new FileStore(await tempFolder());
    await tableOf(store, 12, 7, 5);
    expect(await newestCheckpoint(store, 'dev/silver/payment')).toBe(9);
    const before = plainState(await open(store).load());
    for (let version = 0; version <= 9; version++) await store.delete([commitFile('dev/silver/payment', version)]);
    expect(plainState(await open(store).load())).toEqual(before);
  });

  test('works on a store that DuckDB cannot read', async () => {
    const store = new MemoryStore();
    await tableOf(store, 12, 7, 5);
    const state = plainState(await open(store).load());
    await store.delete([lastCheckpointFile('dev/silver/payment'), ledgerFile('dev/silver/payment', 9)]);
    expect(await newestCheckpoint(store, 'dev/silver/payment')).toBe(4);
    expect(plainState(await open(store).load())).toEqual(state);
  });

  test('counts only when both of its files exist; a hint that lies is ignored', async () => {
    const store = new FileStore(await tempFolder());
    await tableOf(store, 12, 3, 5);
    const state = plainState(await open(store).load());
    const table = 'dev/silver/payment';
    for (const hint of ['{"version":11}', '{"version":"x"}', 'no json', '']) {
      await store.put(lastCheckpointFile(table), hint);
      expect(await newestCheckpoint(store, table)).toBe(9);
      expect(plainState(await open(store).load())).toEqual(state);
    }
    await store.delete([checkpointFile(table, 9)]);
    expect(await newestCheckpoint(store, table)).toBe(4);
    await store.delete([ledgerFile(table, 4)]);
    expect(await newestCheckpoint(store, table)).toBe(-1);
    expect(plainState(await open(store).load())).toEqual(state);
  });

  test('that is truncated or garbage is corrupt, names its file, and deleting it repairs the table', async () => {
    const store = new FileStore(await tempFolder());
    await tableOf(store, 12, 3, 5);
    const state = plainState(await open(store).load());
    const table = 'dev/silver/payment';
    const damages = [
      (file: string) => truncate(file, 100),
      (file: string) => truncate(file, 0),
      async (file: string) => truncate(file, (await readFile(file)).length - 20),
      (file: string) => writeFile(file, 'garbage'.repeat(200)),
    ];
    for (const path of [ledgerFile(table, 9), checkpointFile(table, 9)]) {
      const file = store.uri(path);
      const good = await readFile(file);
      for (const damage of damages) {
        await damage(file);
        const failure = await open(store)
          .load()
          .catch((error: unknown) => error);
        expect(failure).toMatchObject({ name: 'StrataError', code: 'corrupt', kind: 'terminal', where: file });
        await writeFile(file, good);
      }
    }
    await truncate(store.uri(ledgerFile(table, 9)), 50);
    await rm(store.uri(ledgerFile(table, 9)));
    expect(plainState(await open(store).load())).toEqual(state);
  });

  test('that fails is a warning: the commit stands, and a later one writes it', async () => {
    const store = new FileStore(await tempFolder());
    const warnings: unknown[] = [];
    const putFile = store.putFile.bind(store);
    let full = true;
    store.putFile = (path, file) => (full ? Promise.reject(new Error('disk full')) : putFile(path, file));
    const table = openTable(store, 'dev', NAME, { checkpointEvery: 3, onWarning: (error) => warnings.push(error) });
    const roll = dice(1);
    for (let i = 0; i < 3; i++) expect(await commitSomething(table, roll, `a${i}`)).toBe(i);
    expect(warnings).toHaveLength(1);
    full = false;
    await commitSomething(table, roll, 'a3');
    expect(await newestCheckpoint(store, table.folder)).toBe(3);
    expect(warnings).toHaveLength(1);
  });
});
