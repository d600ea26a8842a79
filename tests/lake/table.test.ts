import { describe, expect, test } from 'vitest';
import { StrataError } from '../../core/errors.ts';
import { FileStore } from '../../lake/file-store.ts';
import { commitFile } from '../../lake/layout.ts';
import { MemoryStore } from '../../lake/memory-store.ts';
import type { ObjectStore } from '../../lake/object-store.ts';
import { openTable } from '../../lake/table.ts';
import { COLUMNS, claimOf, entryOf, fileNamed, tempFolder } from './fixtures.ts';

const NAME = 'silver.payment';

async function replaceDay(store: ObjectStore, day: string, attempt: string, columns = COLUMNS) {
  const table = openTable(store, 'dev', NAME);
  const before = await table.load();
  const claim = claimOf(NAME, before.ledger, [`${NAME}/${day}`], attempt);
  return table.commit({
    claim,
    partitions: [day],
    columns,
    prepare: async (state) => ({
      adds: [fileNamed(day, attempt)],
      removes: [...state.files.values()].filter((f) => f.partition === day).map((f) => f.path),
      entry: entryOf(claim, { [day]: { digest: attempt, rows: 1 } }),
    }),
  });
}

describe('a table', () => {
  test('does not exist before its first commit and has protocol, schema and file in that one', async () => {
    const store = new FileStore(await tempFolder());
    const table = openTable(store, 'dev', NAME);
    expect((await table.load()).version).toBe(-1);
    expect((await table.snapshot()).files).toEqual([]);
    const result = await replaceDay(store, '2026-11-01', 'a1');
    expect(result).toMatchObject({ version: 0, twin: false });
    const state = await table.load();
    expect(state.columns.map((c) => [c.name, c.sqlType])).toEqual([
      ['id', 'BIGINT'],
      ['name', 'VARCHAR'],
    ]);
    const text = (await store.getText(commitFile(table.folder, 0))) ?? '';
    const kinds = text
      .trim()
      .split('\n')
      .map((line) => Object.keys(JSON.parse(line) as object)[0]);
    expect(kinds).toEqual(['commitInfo', 'protocol', 'metaData', 'txn', 'add']);
  });

  test('a replaced partition holds only the new file; older versions stay readable', async () => {
    const store = new FileStore(await tempFolder());
    await replaceDay(store, '2026-11-01', 'a1');
    await replaceDay(store, '2026-11-02', 'a2');
    await replaceDay(store, '2026-11-01', 'a3');
    const table = openTable(store, 'dev', NAME);
    const paths = async (version?: number) => (await table.snapshot(version)).files.map((f) => f.path).sort();
    expect(await paths()).toEqual(['_partition=2026-11-01/a3-0.parquet', '_partition=2026-11-02/a2-0.parquet']);
    expect(await paths(1)).toEqual(['_partition=2026-11-01/a1-0.parquet', '_partition=2026-11-02/a2-0.parquet']);
    expect(await paths(0)).toEqual(['_partition=2026-11-01/a1-0.parquet']);
    await expect(paths(3)).rejects.toMatchObject({ code: 'bad_input' });
  });

  test('a load sees what others committed, and states handed out before do not change', async () => {
    const store = new FileStore(await tempFolder());
    const table = openTable(store, 'dev', NAME);
    await replaceDay(store, '2026-11-01', 'a1');
    const early = await table.load();
    await replaceDay(store, '2026-11-02', 'a2');
    expect([...early.ledger.partitions.keys()]).toEqual(['2026-11-01']);
    const loads = await Promise.all([table.load(), table.load(), table.load()]);
    for (const state of loads) expect([...state.ledger.partitions.keys()]).toEqual(['2026-11-01', '2026-11-02']);
  });

  test('the same claim commits once: the second call is told that it is a twin', async () => {
    const store = new MemoryStore();
    const table = openTable(store, 'dev', NAME);
    const claim = claimOf(NAME, (await table.load()).ledger, [`${NAME}/2026-11-01`]);
    const commit = (attempt: string) =>
      openTable(store, 'dev', NAME).commit({
        claim,
        partitions: ['2026-11-01'],
        columns: COLUMNS,
        prepare: async () => ({
          adds: [fileNamed('2026-11-01', attempt)],
          removes: [],
          entry: entryOf(claim, { '2026-11-01': { digest: 'd', rows: 1 } }),
        }),
      });
    const results = await Promise.all([commit('a1'), commit('a2'), commit('a3')]);
    expect(results.map((r) => r.version)).toEqual([0, 0, 0]);
    expect(results.filter((r) => !r.twin)).toHaveLength(1);
    expect((await table.load()).files.size).toBe(1);
  });

  test('a zombie with an old epoch is refused and changes nothing', async () => {
    const store = new FileStore(await tempFolder());
    const table = openTable(store, 'dev', NAME);
    const zombie = claimOf(NAME, (await table.load()).ledger, [`${NAME}/2026-11-01`], 'zombie');
    await replaceDay(store, '2026-11-01', 'a1');
    const late = table.commit({
      claim: zombie,
      partitions: ['2026-11-01'],
      columns: COLUMNS,
      prepare: async () => ({ adds: [fileNamed('2026-11-01', 'z')], removes: [], entry: entryOf(zombie) }),
    });
    await expect(late).rejects.toMatchObject({ code: 'fenced', kind: 'terminal' });
    expect((await table.load()).version).toBe(0);
  });

  test('a cancelled claim cannot commit; a committed one cannot be cancelled', async () => {
    const store = new FileStore(await tempFolder());
    const table = openTable(store, 'dev', NAME);
    const claim = claimOf(NAME, (await table.load()).ledger, [`${NAME}/2026-11-01`], 'slow');
    expect(await table.cancel(claim, COLUMNS)).toBe('cancelled');
    expect(await table.cancel(claim, COLUMNS)).toBe('cancelled');
    const work = (c: typeof claim) =>
      table.commit({
        claim: c,
        partitions: ['2026-11-01'],
        columns: COLUMNS,
        prepare: async () => ({ adds: [fileNamed('2026-11-01', c.run)], removes: [], entry: entryOf(c) }),
      });
    await expect(work(claim)).rejects.toMatchObject({ code: 'fenced' });
    const next = claimOf(NAME, (await table.load()).ledger, [`${NAME}/2026-11-01`], 'next');
    expect((await work(next)).version).toBe(1);
    expect(await table.cancel(next, COLUMNS)).toBe('committed');
    expect(await table.cancel(claim, COLUMNS)).toBe('fenced');
    expect((await table.load()).version).toBe(1);
  });

  test('a commit whose acknowledgement was lost is recognised as its own', async () => {
    const store = new MemoryStore();
    const put = store.putIfAbsent.bind(store);
    let lose: 'false' | 'error' | undefined = 'false';
    store.putIfAbsent = async (path, bytes) => {
      const won = await put(path, bytes);
      if (!lose) return won;
      const how = lose;
      lose = undefined;
      if (how === 'error') throw new StrataError('unreachable', 'connection reset');
      return false;
    };
    expect(await replaceDay(store, '2026-11-01', 'a1')).toMatchObject({ version: 0, twin: false });
    lose = 'error';
    expect(await replaceDay(store, '2026-11-01', 'a2')).toMatchObject({ version: 1, twin: false });
    expect((await openTable(store, 'dev', NAME).load()).version).toBe(1);
  });

  test('columns can be added and left out, never retyped', async () => {
    const store = new FileStore(await tempFolder());
    await replaceDay(store, '2026-11-01', 'a1');
    await replaceDay(store, '2026-11-01', 'a2', [...COLUMNS, { name: 'note', sqlType: 'VARCHAR' }]);
    await replaceDay(store, '2026-11-01', 'a3');
    const { columns } = await openTable(store, 'dev', NAME).load();
    expect(columns.map((c) => c.name)).toEqual(['id', 'name', 'note']);
    const retyped = replaceDay(store, '2026-11-01', 'a4', [{ name: 'id', sqlType: 'VARCHAR' }]);
    await expect(retyped).rejects.toMatchObject({ code: 'source_mismatch' });
  });

  test('a partition name with a colon and a percent sign survives the encoding', async () => {
    const store = new FileStore(await tempFolder());
    const name = '2026-11-01T05:30 50%';
    await replaceDay(store, name, 'a1');
    await replaceDay(store, name, 'a2');
    const { files } = await openTable(store, 'dev', NAME).snapshot();
    expect(files.map((f) => [f.partition, f.path])).toEqual([
      [name, '_partition=2026-11-01T05%3A30%2050%25/a2-0.parquet'],
    ]);
  });
});
