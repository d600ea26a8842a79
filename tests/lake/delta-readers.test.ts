import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { literal, readParquet } from '../../engine/sql-text.ts';
import { writeCheckpoint } from '../../lake/checkpoints.ts';
import type { TableColumn } from '../../lake/delta-schema.ts';
import { FileStore } from '../../lake/file-store.ts';
import { commitFile } from '../../lake/layout.ts';
import { openTable } from '../../lake/table.ts';
import { describeWithPython } from '../python.ts';
import { tempFolder } from './fixtures.ts';
import { ALL_TYPES, openTestSession, replaceRows } from './real-rows.ts';

const ODD = 'Größe 50% 05:30+x=1&y';
const WIDER = [...ALL_TYPES, { name: 'note', sqlType: 'VARCHAR' as const }];
const WHERE = 'id >= 1100 and id < 2050';

type Rows = Record<string, unknown>[];
type Answer = { version: number; columns: string[] } & Record<
  'delta-rs' | 'delta-rs filtered' | 'polars' | 'polars filtered',
  Rows
>;

/** Six commits: three partitions, two of them replaced, one column added. */
async function lake() {
  const folder = await tempFolder();
  const [store, files] = [new FileStore(join(folder, 'lake')), folder];
  const table = openTable(store, 'dev', 'silver.payment', { checkpointEvery: 1000 });
  const session = await openTestSession();
  await replaceRows(session, table, files, '2026-11-01T05', [0, 100]);
  await replaceRows(session, table, files, ODD, [1000, 1300]);
  await replaceRows(session, table, files, '2026-11', [2000, 2100]);
  await replaceRows(session, table, files, '2026-11-01T05', [50, 150], WIDER);
  await replaceRows(session, table, files, ODD, [1050, 1250]);
  await replaceRows(session, table, files, 'all', [3000, 3010], WIDER);
  return { store, table, session };
}

/** The rows of our own snapshot, read by DuckDB. */
async function ours({ table, session }: Awaited<ReturnType<typeof lake>>, where: string): Promise<Rows> {
  const all: Rows = [];
  for (const { uri, partition } of (await table.snapshot()).files) {
    const rows = await session.rows(
      `SELECT * FROM read_parquet(${literal(uri)}, hive_partitioning = false) WHERE ${where}`,
    );
    all.push(...rows.map((row) => ({ note: null, ...row, _partition: partition })));
  }
  const plain = (value: unknown) => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
    if (typeof value === 'bigint') return String(value);
    return Number.isNaN(value) ? 'NaN' : value;
  };
  return all
    .map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])))
    .sort((a, b) => Number(a.id) - Number(b.id));
}

await describeWithPython(['deltalake==1.6.6', 'polars==2.1.0'], 'delta-rs and Polars', (python) => {
  const ask = async (folder: string): Promise<Answer> => {
    const script = fileURLToPath(new URL('read_delta.py', import.meta.url));
    const { stdout } = await promisify(execFile)(python, [script, folder, WHERE], { maxBuffer: 1 << 28 });
    return JSON.parse(stdout.replaceAll(/\bNaN\b(?=[,}])/g, '"NaN"')) as Answer;
  };
  const agree = async (made: Awaited<ReturnType<typeof lake>>) => {
    const answer = await ask(made.store.uri(made.table.folder));
    const integers = (rows: Rows) =>
      rows.map((row) => ({ ...row, small: row.small === null ? null : String(row.small) }));
    const all = integers(await ours(made, 'true'));
    expect(all).toHaveLength(100 + 200 + 100 + 10);
    const some = integers(await ours(made, WHERE));
    expect(some).toHaveLength(150 + 50);
    expect(answer.version).toBe(5);
    expect(answer.columns).toEqual([...WIDER.map(({ name }) => name), '_partition']);
    expect(answer['delta-rs']).toEqual(all);
    expect(answer['delta-rs filtered']).toEqual(some);
    expect(answer.polars).toEqual(all);
    expect(answer['polars filtered']).toEqual(some);
  };

  test('read the same rows from the log as we do, with every type and odd partition names', async () => {
    await agree(await lake());
  });

  test('read the same rows from a checkpoint and its tail', async () => {
    const made = await lake();
    await writeCheckpoint(made.store, made.table.folder, await made.table.loadAt(3));
    // Without the commits before it, so that the checkpoint is really used.
    for (let version = 0; version <= 3; version++) await made.store.delete([commitFile(made.table.folder, version)]);
    await agree(made);
  });

  test('read files of before and after a column was widened, renamed, added and dropped', async () => {
    const folder = await tempFolder();
    const store = new FileStore(join(folder, 'lake'));
    const table = openTable(store, 'dev', 'bronze.account');
    const session = await openTestSession();
    const id = { name: 'id', sqlType: 'BIGINT' } as const;
    const first: TableColumn[] = [
      id,
      { name: 'small', sqlType: 'INTEGER' },
      { name: 'digits', sqlType: 'DECIMAL(10,2)' },
      { name: 'label', sqlType: 'VARCHAR' },
      { name: 'flag', sqlType: 'BOOLEAN' },
    ];
    const second: TableColumn[] = [
      id,
      { name: 'small', sqlType: 'BIGINT' },
      { name: 'digits', sqlType: 'DECIMAL(18,2)' },
      { name: 'tag', sqlType: 'VARCHAR', renamedFrom: 'label' },
      { name: 'note', sqlType: 'VARCHAR' },
    ];
    await replaceRows(session, table, folder, '2026-11-01', [1000, 1200], first);
    await replaceRows(session, table, folder, '2026-11-02', [2000, 2100], second);
    const answer = await ask(store.uri(table.folder));
    expect(answer.columns).toEqual(['id', 'small', 'digits', 'tag', 'note', 'label', 'flag', '_partition']);
    const rows: Rows = [...Array(200).keys(), ...Array.from({ length: 100 }, (_, i) => i + 1000)].map((n) => {
      const i = n + 1000;
      const old = i < 1200;
      return {
        id: String(i),
        small: i % 7 > 0 ? String(i * 3) : null,
        digits: `${i}.25`,
        label: old ? (i % 3 > 0 ? `Grüße 世界 '\n${'z'.repeat(i % 50)}${i}` : null) : null,
        flag: old && i % 5 > 0 ? i % 2 === 0 : null,
        tag: old ? null : `tag ${i}`,
        note: old ? null : `note ${i}`,
        _partition: old ? '2026-11-01' : '2026-11-02',
      };
    });
    expect(answer['delta-rs']).toEqual(rows);
    expect(answer.polars).toEqual(rows);
    const some = rows.filter((row) => Number(row.id) >= 1100 && Number(row.id) < 2050);
    expect(answer['delta-rs filtered']).toEqual(some);
    expect(answer['polars filtered']).toEqual(some);
    // Strata itself reads both names as one column.
    const uris = (await table.snapshot()).files.map(({ uri }) => uri);
    const read = await session.rows(`SELECT id, tag FROM ${readParquet(uris, second)} ORDER BY id`);
    expect(read.map((row) => row.tag)).toEqual(rows.map((row) => row.tag ?? row.label));
  });

  test('read the same rows from a checkpoint alone', async () => {
    const made = await lake();
    await writeCheckpoint(made.store, made.table.folder, await made.table.load());
    for (let version = 0; version < 5; version++) await made.store.delete([commitFile(made.table.folder, version)]);
    await agree(made);
  });
});

test('bounds of text and of moments are left out of the log', async () => {
  const { store, table } = await lake();
  const adds = ((await store.getText(commitFile(table.folder, 0))) ?? '')
    .split('\n')
    .filter((l) => l.startsWith('{"add"'));
  const stats = adds.map((line) => JSON.parse((JSON.parse(line) as { add: { stats: string } }).add.stats));
  expect(stats).toEqual([
    { numRecords: 50, minValues: { id: 0 }, maxValues: { id: 49 }, nullCount: { id: 0 } },
    { numRecords: 50, minValues: { id: 50 }, maxValues: { id: 99 }, nullCount: { id: 0 } },
  ]);
});
