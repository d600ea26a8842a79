import { utimes } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { instantFromMillis } from '../../core/instant.ts';
import { writeCut } from '../../lake/cuts.ts';
import { FileStore } from '../../lake/file-store.ts';
import { commitFile, dataFile, pinFile, sideFile } from '../../lake/layout.ts';
import { deletePin, putPin } from '../../lake/pins.ts';
import { openTable, type Table } from '../../lake/table.ts';
import { vacuum } from '../../lake/vacuum.ts';
import { COLUMNS, claimOf, entryOf, tempFolder } from './fixtures.ts';

const DAY = 86_400_000;
const NOW = Date.now();
const NAME = 'silver.payment';

/** Three replacements of one partition, 30, 20 and 10 days ago, and what lies around. */
async function lake() {
  const store = new FileStore(await tempFolder());
  const table = openTable(store, 'dev', NAME);
  const age = (path: string, days: number) => utimes(store.uri(path), new Date(), new Date(NOW - days * DAY));
  const put = async (path: string, days: number) => {
    await store.put(path, path);
    await age(path, days);
  };
  for (const [version, days] of [30, 20, 10].entries()) {
    const path = dataFile('all', `a${version}`, 0);
    const tombstones = sideFile(`a${version}`, 'tombstones.parquet');
    await put(`${table.folder}/${path}`, days);
    await put(`${table.folder}/${tombstones}`, days);
    const state = await table.load();
    const claim = claimOf(NAME, state.ledger, [NAME], `a${version}`);
    const entry = { ...entryOf(claim, { all: { digest: `${version}`, rows: 1 } }), tombstones };
    const adds = [{ path, partition: 'all', rows: 1, bytes: 10 }];
    const prepare = async () => ({ adds, removes: [...state.files.keys()], entry });
    await table.commit({ claim, partitions: ['all'], columns: COLUMNS, prepare });
    await age(commitFile(table.folder, version), days);
  }
  await put(`${table.folder}/${dataFile('all', 'lost', 0)}`, 15);
  await put(`${table.folder}/${dataFile('all', 'running', 0)}`, 0);
  return { store, table };
}

const run = (store: FileStore, tables: Table[], graceDays: number, options = {}) =>
  vacuum({
    store,
    env: 'dev',
    tables,
    pipelines: ['nightly'],
    now: instantFromMillis(NOW),
    graceMillis: graceDays * DAY,
    keepCuts: 1,
    dryRun: false,
    ...options,
  });

const names = (paths: readonly string[]) => paths.map((p) => p.slice(p.lastIndexOf('/') + 1)).sort();

describe('vacuum', () => {
  test('takes what no version within the grace period names, and only that', async () => {
    const { store, table } = await lake();
    const planned = await run(store, [table], 7, { dryRun: true });
    const result = await run(store, [table], 7);
    expect(result).toEqual(planned);
    expect(names(result.deleted)).toEqual(
      ['a0-0.parquet', 'a1-0.parquet', 'lost-0.parquet', 'a0-tombstones.parquet', 'a1-tombstones.parquet'].sort(),
    );
    for (const path of result.deleted) expect(await store.get(path)).toBeUndefined();
    for (const path of (await table.load()).files.keys())
      expect(await store.get(`${table.folder}/${path}`)).toBeDefined();
    expect((await run(store, [table], 7)).deleted).toEqual([]);
  });

  test('keeps the version that was the newest when the grace period began: somebody may still read it', async () => {
    const { store, table } = await lake();
    // Version 2 is ten days old: twelve days ago version 1 was the newest.
    expect(names((await run(store, [table], 12)).deleted)).toEqual([
      'a0-0.parquet',
      'a0-tombstones.parquet',
      'lost-0.parquet',
    ]);
    expect(names((await run(store, [table], 25)).deleted)).toEqual([]);
  });

  test('keeps what pins and the newest cuts name', async () => {
    const { store, table } = await lake();
    await writeCut(store, 'dev', { format: 1, pipeline: 'nightly', number: 1, versions: { [NAME]: 0 } });
    await writeCut(store, 'dev', {
      format: 1,
      pipeline: 'nightly',
      number: 2,
      versions: { [NAME]: 1, 'other.table': 7 },
    });
    const expiresAt = instantFromMillis(NOW + DAY);
    await putPin(store, 'dev', { format: 1, name: 'model/1', versions: { [NAME]: 0 }, why: 'training', expiresAt });
    expect(names((await run(store, [table], 7)).deleted)).toEqual(['lost-0.parquet']);
    await putPin(store, 'dev', {
      format: 1,
      name: 'model/1',
      versions: { [NAME]: 0 },
      why: 'x',
      expiresAt: instantFromMillis(NOW - 1),
    });
    expect(names((await run(store, [table], 7)).deleted)).toEqual(['a0-0.parquet', 'a0-tombstones.parquet']);
    await deletePin(store, 'dev', 'model/1');
    const alsoKeep = [{ [NAME]: 1 }];
    expect(names((await run(store, [table], 7, { keepCuts: 0, alsoKeep })).deleted)).toEqual([]);
    expect(names((await run(store, [table], 7, { keepCuts: 0 })).deleted)).toEqual([
      'a1-0.parquet',
      'a1-tombstones.parquet',
    ]);
  });

  test('deletes nothing when something cannot be read, and refuses a short grace period', async () => {
    const { store, table } = await lake();
    await store.put(pinFile('dev', 'broken'), '{');
    await expect(run(store, [table], 7)).rejects.toMatchObject({ code: 'corrupt' });
    await deletePin(store, 'dev', 'broken');
    const good = await store.getText(commitFile(table.folder, 1));
    await store.put(commitFile(table.folder, 1), '{"add":');
    const fresh = openTable(store, 'dev', NAME);
    await expect(run(store, [fresh], 7)).rejects.toMatchObject({ code: 'corrupt' });
    await store.put(commitFile(table.folder, 1), good ?? '');
    await expect(run(store, [table], 0)).rejects.toMatchObject({ code: 'bad_input' });
    await expect(run(store, [table], Number.NaN)).rejects.toMatchObject({ code: 'bad_input' });
    expect((await run(store, [table], 7, { dryRun: true })).deleted).toHaveLength(5);
  });
});
