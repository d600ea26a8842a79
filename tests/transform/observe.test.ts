import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  applicationClock,
  cursor,
  integer,
  key,
  mongo,
  postgres,
  snapshot,
  source,
  text,
  timestamp,
} from '../../core/builders.ts';
import type { SourceDataset } from '../../core/dataset.ts';
import { lakeColumns } from '../../core/lake-columns.ts';
import { openSession, type Session } from '../../engine/session.ts';
import { readParquet } from '../../engine/sql-text.ts';
import { observe } from '../../transform/observe.ts';
import { partitionsOf, surveyStaged } from '../../transform/staged-files.ts';
import { LocalTable } from './local-table.ts';

const common = { description: 'orders', source: postgres('shop'), relation: 'orders' } as const;
const keyed = source({
  ...common,
  name: 'bronze.order',
  extraction: cursor('updated_at', applicationClock({ lateness: '1 hour' })),
  columns: { id: key(integer()), state: text().nullable(), updated_at: timestamp() },
});
const keyless = source({
  ...common,
  name: 'bronze.event',
  extraction: cursor('updated_at', applicationClock({ lateness: '1 hour' })),
  columns: { state: text().nullable(), updated_at: timestamp() },
});
const table = source({
  ...common,
  name: 'bronze.country',
  extraction: snapshot({ holdAbove: 0.5 }),
  columns: { id: key(integer()), state: text().nullable() },
});

const documents = source({
  ...common,
  name: 'bronze.document',
  source: mongo('app'),
  extraction: cursor('updated_at', applicationClock({ lateness: '1 hour' })),
  columns: { id: key(integer()), state: text().nullable(), updated_at: timestamp() },
});

let session: Session;
let folder: string;
let n = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-observe-'));
  session = await openSession({ memoryLimit: '512MB', threads: 1 });
});
afterAll(async () => {
  await session.close();
  await rm(folder, { recursive: true });
});

/** One look at the source at a position; values are SQL of the declared columns. */
async function look(
  lake: LocalTable,
  dataset: SourceDataset,
  position: number | string,
  values: string[],
  seen = '2026-11-05 02:00:00+00',
) {
  const uri = join(folder, `staged-${n++}.parquet`);
  const names = dataset.columns.map((c) => c.name).join(', ');
  const casts = dataset.columns.map((c) => `${c.name}::${c.sqlType} AS ${c.name}`).join(', ');
  const from =
    values.length > 0
      ? `(VALUES ${values.map((v) => `(${v})`).join(', ')}) t(${names})`
      : `(SELECT ${dataset.columns.map((c) => `NULL AS ${c.name}`).join(', ')} WHERE false)`;
  await session.run(
    `COPY (SELECT ${casts}, 'u' AS _op, ${position}::BIGINT AS _position, TIMESTAMPTZ '${seen}' AS _observed_at FROM ${from}) TO '${uri}' (FORMAT parquet)`,
  );
  const staged = await surveyStaged(session, dataset, [uri]);
  const touched = partitionsOf(staged);
  const existing = lake.files.filter((f) => dataset.extraction.kind === 'snapshot' || touched.has(f.partition));
  const output = await observe({ session, dataset, staged, existing, digests: lake.digests, directory: folder });
  lake.apply(output);
  return output;
}

const content = async (lake: LocalTable, dataset: SourceDataset) =>
  (
    await session.rows(
      `SELECT * EXCLUDE (_observed_at) FROM ${readParquet(
        lake.files.map((f) => f.uri),
        lakeColumns(dataset),
      )} ORDER BY _position, COLUMNS(*)`,
    )
  ).map((row) =>
    Object.values(row)
      .filter((v) => typeof v !== 'bigint' || v < 1000n)
      .join(' '),
  );

const A = `1, 'a', '2026-11-01 10:00:00+00'`;
const B = `1, 'b', '2026-11-01 10:00:00+00'`;

test('A, B, A in one cursor partition keeps all three; A seen twice in a row once', async () => {
  const lake = new LocalTable();
  await look(lake, keyed, 1, [A]);
  expect((await look(lake, keyed, 2, [A])).partitions).toEqual([]);
  await look(lake, keyed, 3, [B]);
  await look(lake, keyed, 4, [A]);
  expect(await content(lake, keyed)).toEqual(['1 a u 1', '1 b u 3', '1 a u 4']);
});

test('a second, slower look at one picture does not add it again behind a newer look', async () => {
  const lake = new LocalTable();
  await look(lake, keyed, 1, [A]);
  await look(lake, keyed, 3, [B]);
  expect((await look(lake, keyed, 1, [A])).partitions).toEqual([]);
  expect(await content(lake, keyed)).toEqual(['1 a u 1', '1 b u 3']);
});

test('a row whose cursor moved to another day is another observation, and NULL differs from text', async () => {
  const lake = new LocalTable();
  await look(lake, keyed, 1, [A, `2, NULL, '2026-11-01 23:59:59.999999+00'`]);
  const second = await look(lake, keyed, 2, [
    `1, 'a', '2026-11-02 00:00:00+00'`,
    `2, '', '2026-11-01 23:59:59.999999+00'`,
  ]);
  expect(second.partitions.map((p) => [p.partition, p.rows])).toEqual([
    ['2026-11-01', 3],
    ['2026-11-02', 1],
  ]);
});

test('the digest does not depend on how the looks were cut', async () => {
  const [one, two] = [new LocalTable(), new LocalTable()];
  await look(one, keyed, 1, [A, `2, 'x', '2026-11-01 11:00:00+00'`]);
  await look(two, keyed, 1, [A]);
  await look(two, keyed, 1, [A, `2, 'x', '2026-11-01 11:00:00+00'`]);
  expect(two.digests).toEqual(one.digests);
});

test('a table without a key keeps as many copies as the look that saw the most', async () => {
  const lake = new LocalTable();
  const row = `'x', '2026-11-01 10:00:00+00'`;
  await look(lake, keyless, 1, [row, row]);
  await look(lake, keyless, 2, [row]);
  expect(await content(lake, keyless)).toEqual(['x u 1', 'x u 1']);
  await look(lake, keyless, 3, [row, row, row]);
  expect(await content(lake, keyless)).toEqual(['x u 1', 'x u 1', 'x u 3']);
});

test('a snapshot stores what differs from the head: new, changed, deleted, and back again', async () => {
  const lake = new LocalTable();
  await look(lake, table, 1, [`1, 'a'`, `2, 'b'`, `3, 'c'`]);
  await look(lake, table, 2, [`1, 'a'`, `2, 'B'`], '2026-11-06 02:00:00+00');
  await look(lake, table, 3, [`1, 'a'`, `2, 'B'`, `3, 'c'`], '2026-11-07 02:00:00+00');
  expect(await content(lake, table)).toEqual(['1 a u 1', '2 b u 1', '3 c u 1', '2 B u 2', '3 c d 2', '3 c u 3']);
  expect([...lake.digests.keys()]).toEqual(['2026-11-05', '2026-11-06', '2026-11-07']);
});

test('an older snapshot says nothing; one that empties the table is held', async () => {
  const lake = new LocalTable();
  await look(lake, table, 5, [`1, 'a'`, `2, 'b'`, `3, 'c'`]);
  expect((await look(lake, table, 4, [`1, 'old'`])).partitions).toEqual([]);
  await expect(look(lake, table, 6, [`1, 'a'`])).rejects.toMatchObject({
    code: 'held',
    message: expect.stringContaining('delete 2 of 3 rows'),
  });
  await expect(look(lake, table, 7, [])).rejects.toMatchObject({ code: 'held' });
  expect(await content(lake, table)).toHaveLength(3);
});

test('a document seen in several versions by one extraction keeps them in their order', async () => {
  const lake = new LocalTable();
  await look(lake, documents, 1, [A]);
  // The position is 5 for the first document, 6 for the second and so on.
  const rounds = "CASE state WHEN 'b' THEN 5 ELSE 6 END";
  await look(lake, documents, rounds, [B, A, `2, 'c', '2026-11-01 10:00:00+00'`, `2, 'c', '2026-11-01 10:00:00+00'`]);
  expect(await content(lake, documents)).toEqual(['1 a u 1', '1 b u 5', '1 a u 6', '2 c u 6']);
  await look(lake, documents, rounds, [A]);
  expect(await content(lake, documents)).toHaveLength(4);
});

test('a staged file that needs no comparison becomes a file of the table; where it does, it is written anew', async () => {
  const lake = new LocalTable();
  const alone = await look(lake, keyed, 1, [A, `2, NULL, '2026-11-01 11:00:00+00'`]);
  const [file] = alone.partitions[0]!.files;
  expect(file?.localPath).toMatch(/staged-\d+\.parquet$/);
  expect(JSON.parse(file!.stats)).toMatchObject({ numRecords: 2, nullCount: { id: 0, state: 1 } });
  // A day that is there already, and a new one, in one file.
  const mixed = await look(lake, keyed, 2, [A, `3, 'c', '2026-11-02 10:00:00+00'`]);
  expect(mixed.partitions.map(({ partition }) => partition)).toEqual(['2026-11-02']);
  expect(mixed.partitions[0]!.files[0]?.localPath).not.toMatch(/staged-\d+\.parquet$/);
  const twice = await look(new LocalTable(), documents, 3, [A, B]);
  expect(twice.partitions[0]!.files[0]?.localPath).not.toMatch(/staged-\d+\.parquet$/);
});

test('a partition has the same digest whether its file was taken over or written', async () => {
  const rows = [`1, 'a', '2026-11-01 10:00:00+00'`, `2, NULL, '2026-11-01 11:00:00+00'`];
  const [adopted] = (await look(new LocalTable(), keyed, 1, rows)).partitions;
  const both = await look(new LocalTable(), keyed, 1, [...rows, `3, 'c', '2026-11-02 10:00:00+00'`]);
  expect(both.partitions.find(({ partition }) => partition === '2026-11-01')?.digest).toBe(adopted?.digest);
});
