import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dataset, date, day, decimal, integer, key, postgres, snapshot, source, text } from '../../core/builders.ts';
import { openSession, type Session } from '../../engine/session.ts';
import { partitionsHoldingKeys } from '../../transform/as-of-readers.ts';
import type { InputFile } from '../../transform/build-input.ts';
import { replacePartitions } from '../../transform/replace-partitions.ts';
import { LocalTable } from './local-table.ts';

const sale = source({
  name: 'bronze.sale',
  description: 'sales',
  source: postgres('shop'),
  relation: 'sale',
  extraction: snapshot(),
  columns: { id: key(integer()), shop: text(), sold_on: date(), amount: decimal(10, 2) },
});
const rate = source({
  name: 'bronze.rate',
  description: 'rates',
  source: postgres('shop'),
  relation: 'rate',
  extraction: snapshot(),
  columns: { shop: key(text()), from_day: key(date()), rate: decimal(10, 4) },
});
const perShop = dataset({
  name: 'gold.per_shop',
  description: 'sales per shop and day',
  partitionBy: day('sold_on'),
  sql: 'marts/per_shop.sql',
  inputs: { sale, rate: rate.asOf({ on: { shop: 'shop' }, at: 'sold_on', validFrom: 'from_day' }) },
  columns: { shop: key(text()), sold_on: key(date()), amount: decimal(38, 2) },
});
const SQL = 'SELECT shop, sold_on, sum(amount) AS amount FROM {{sale}} GROUP BY ALL';

let session: Session;
let folder: string;
let n = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-replace-'));
  session = await openSession({ memoryLimit: '512MB', threads: 1 });
});
afterAll(async () => {
  await session.close();
  await rm(folder, { recursive: true });
});

async function parquet(select: string, partition = 'all'): Promise<InputFile> {
  const uri = join(folder, `in-${n++}.parquet`);
  await session.run(`COPY (${select}) TO '${uri}' (FORMAT parquet)`);
  return { uri, partition };
}

const sales = (...rows: [number, string, string, number][]) =>
  parquet(`SELECT id::INTEGER AS id, shop, day::DATE AS sold_on, amount::DECIMAL(10,2) AS amount, 'u' AS _op, 1::BIGINT AS _position, now() AS _observed_at
    FROM (VALUES ${rows.map(([id, shop, at, amount]) => `(${id}, '${shop}', '${at}', ${amount})`).join(', ')}) t(id, shop, day, amount)`);

async function build(
  table: LocalTable,
  input: InputFile,
  partitions: string[],
  options: { sql?: string; outside?: 'exact' | 'filter' } = {},
) {
  const output = await replacePartitions({
    session,
    dataset: perShop,
    sqlText: options.sql ?? SQL,
    inputs: { sale: [input], rate: [] },
    digests: table.digests,
    partitions,
    outside: options.outside ?? 'exact',
    rowChecks: [{ name: 'amount_positive', sql: 'amount > 0' }],
    audit: async () => [],
    epoch: 3,
    claim: 'tag',
    run: 'r',
    directory: folder,
  });
  table.apply(output);
  return output;
}

const rows = (table: LocalTable) =>
  table.files.length === 0
    ? []
    : session.rows(
        `SELECT shop, sold_on, amount FROM read_parquet([${table.files.map((f) => `'${f.uri}'`).join(', ')}]) ORDER BY ALL`,
      );

test('partitions are replaced one by one; what comes out as it was is confirmed without a file', async () => {
  const table = new LocalTable();
  const days = ['2026-11-01', '2026-11-02', '2026-11-03'];
  await build(
    table,
    await sales([1, 'a', '2026-11-01', 5], [2, 'a', '2026-11-01', 6], [3, 'b', '2026-11-02', 7]),
    days,
  );
  expect(await rows(table)).toEqual([
    { shop: 'a', sold_on: '2026-11-01', amount: '11.00' },
    { shop: 'b', sold_on: '2026-11-02', amount: '7.00' },
  ]);
  const again = await build(
    table,
    await sales([3, 'b', '2026-11-02', 7], [1, 'a', '2026-11-01', 5.5], [2, 'a', '2026-11-01', 6]),
    days,
  );
  expect(again.partitions.map((p) => [p.mode, p.rows])).toEqual([
    ['replace', 1],
    ['keep', 1],
    ['keep', 0],
  ]);
  await build(table, await sales([9, 'z', '2026-11-03', 1]), ['2026-11-01', '2026-11-03']);
  expect(await rows(table)).toEqual([
    { shop: 'b', sold_on: '2026-11-02', amount: '7.00' },
    { shop: 'z', sold_on: '2026-11-03', amount: '1.00' },
  ]);
});

test('a row that fails its check goes to quarantine and the others stay', async () => {
  const table = new LocalTable();
  const output = await build(table, await sales([1, 'a', '2026-11-01', -5], [2, 'b', '2026-11-01', 6]), ['2026-11-01']);
  expect(output.counts).toEqual({ rowsIn: 2, rowsOut: 1, quarantined: 1 });
  expect(await rows(table)).toEqual([{ shop: 'b', sold_on: '2026-11-01', amount: '6.00' }]);
  const [bad] = await session.rows<{ row: string; row_key: string; epoch: bigint }>(
    `SELECT * FROM '${output.quarantine[0]!.localPath}'`,
  );
  expect(bad).toMatchObject({
    failed_checks: 'amount_positive',
    input_partition: '2026-11-01',
    epoch: 3n,
    row_key: 'a|2026-11-01',
  });
  expect(JSON.parse(bad!.row)).toMatchObject({ shop: 'a', amount: -5 });
});

test('a row of a partition that was not asked for is a mistake, unless the inputs reach beyond', async () => {
  const input = await sales([1, 'a', '2026-11-01', 5], [2, 'a', '2026-11-02', 6]);
  await expect(build(new LocalTable(), input, ['2026-11-01'])).rejects.toMatchObject({
    code: 'bad_definition',
    message: expect.stringContaining('2026-11-02'),
  });
  const table = new LocalTable();
  await build(table, input, ['2026-11-01'], { outside: 'filter' });
  expect(await rows(table)).toEqual([{ shop: 'a', sold_on: '2026-11-01', amount: '5.00' }]);
});

test('partitions of an asOf reader are found by key and by range', async () => {
  const table = new LocalTable();
  await build(
    table,
    await sales(
      [1, 'a', '2026-11-01', 5],
      [2, 'b', '2026-11-02', 6],
      [3, 'a', '2026-11-04', 6],
      [4, 'a', '2026-11-09', 6],
    ),
    ['2026-11-01', '2026-11-02', '2026-11-04', '2026-11-09'],
  );
  const change = (shop: string, from: string, to: string | null) =>
    parquet(
      `SELECT '${shop}' AS shop, TIMESTAMPTZ '${from} 00:00:00+00' AS _from, ${to ? `TIMESTAMPTZ '${to} 00:00:00+00'` : 'NULL::TIMESTAMPTZ'} AS _to`,
    );
  const scan = async (...changes: InputFile[]) =>
    partitionsHoldingKeys({
      session,
      reader: perShop,
      input: 'rate',
      changes: changes.map((c) => c.uri),
      files: table.files,
    });
  expect(await scan(await change('a', '2026-11-03', '2026-11-05'))).toEqual(['2026-11-04']);
  expect(await scan(await change('a', '2026-11-03', null))).toEqual(['2026-11-04', '2026-11-09']);
  expect(await scan(await change('b', '2026-11-03', null), await change('c', '2026-11-01', null))).toEqual([]);
});
