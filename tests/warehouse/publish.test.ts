import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bigint, date, decimal, key, text } from '../../core/builders.ts';
import { columnsOf } from '../../core/column.ts';
import { openSession } from '../../engine/session.ts';
import { openDuckdbWarehouse } from '../../warehouse/duckdb-warehouse.ts';
import type { Publication, PublishedTable, Warehouse } from '../../warehouse/warehouse.ts';
import { difference, dimAt, factAt, SESSION, writeFiles } from './company.fixture.ts';
import { readWarehouse } from './read-warehouse.ts';

let root: string;
let files: string;
let folder: string;
let path: string;
let warehouse: Warehouse;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'strata-warehouse-'));
  files = join(root, 'files');
  await writeFiles(files, 'sales', 12);
  await writeFiles(files, 'risk', 3);
});
afterAll(() => rm(root, { recursive: true, force: true }));
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'w-'));
  path = join(folder, 'analytics.duckdb');
  warehouse = await openDuckdbWarehouse({ path, schema: 'dev', session: SESSION });
});

const expected = (pipeline: string, cut: number) => ({
  [`fact_${pipeline}`]: factAt(pipeline, cut)
    .map((row) => row.map((value) => value ?? '').join('|'))
    .sort(),
  [`dim_${pipeline}`]: [`1|${dimAt(pipeline, cut)}`],
});
async function seen(schema?: string) {
  const { cuts, generation, tables } = await readWarehouse(path, schema);
  return {
    cuts,
    generation,
    tables: Object.fromEntries(Object.entries(tables).map(([n, rows]) => [n, [...rows].sort()])),
  };
}
const publish = (from: number | null, to: number, rest: Partial<Publication> = {}) =>
  warehouse.publish({ ...difference(files, 'sales', from, to), ...rest });

describe('publishing', () => {
  it('loads each difference: partitions come, change, empty and go; the ledger says where it is', async () => {
    expect(await warehouse.published('sales')).toBeNull();
    const first = await publish(null, 1);
    expect(first).toMatchObject({ outcome: 'published', cut: 1 });
    let generation = 1;
    expect(await seen()).toEqual({ cuts: { sales: 1 }, generation, tables: expected('sales', 1) });
    for (const [from, to] of [
      [1, 2],
      [2, 6],
      [6, 7],
      [7, 12],
    ] as const) {
      const result = await publish(from, to);
      expect(result.tables.find((t) => t.name === 'dim_sales')).toEqual({ name: 'dim_sales', deleted: 1, inserted: 1 });
      expect(await seen()).toEqual({ cuts: { sales: to }, generation: ++generation, tables: expected('sales', to) });
      expect(await warehouse.published('sales')).toMatchObject({ number: to });
    }
    expect(existsSync(`${path}.wal`)).toBe(false);
    expect((await stat(path)).mode & 0o777).toBe(0o444);
    expect(await readdir(join(folder, 'analytics.next'))).toEqual([]);
    expect(await readdir(join(folder, 'analytics.cuts'))).toHaveLength(5);
  });

  it('does nothing for the cut it is at, and for an older one', async () => {
    await publish(null, 4);
    const before = await stat(path);
    expect(await publish(3, 4)).toEqual({ outcome: 'current', cut: 4, tables: [] });
    expect(await publish(null, 4)).toEqual({ outcome: 'current', cut: 4, tables: [] });
    expect(await publish(1, 2)).toEqual({ outcome: 'newer', cut: 4, tables: [] });
    expect((await stat(path)).ino).toBe(before.ino);
  });

  it('refuses a difference that starts elsewhere', async () => {
    await expect(publish(1, 2)).rejects.toMatchObject({ code: 'conflict', kind: 'transient' });
    await publish(null, 2);
    await expect(publish(1, 3)).rejects.toMatchObject({ code: 'conflict' });
    await expect(publish(null, 3)).rejects.toMatchObject({ code: 'conflict' });
    expect(await seen()).toMatchObject({ cuts: { sales: 2 }, generation: 1 });
  });

  it('goes back to an earlier cut when asked to, as a new generation', async () => {
    await publish(null, 3);
    await publish(3, 9);
    expect(await publish(9, 3, { allowEarlier: true })).toMatchObject({ outcome: 'published', cut: 3 });
    expect(await seen()).toEqual({ cuts: { sales: 3 }, generation: 3, tables: expected('sales', 3) });
    await publish(3, 10);
    expect(await seen()).toEqual({ cuts: { sales: 10 }, generation: 4, tables: expected('sales', 10) });
  });

  it('keeps pipelines and environments of one file apart', async () => {
    await publish(null, 2);
    await warehouse.publish(difference(files, 'risk', null, 3));
    const staging = await openDuckdbWarehouse({ path, schema: 'staging', session: SESSION });
    await staging.publish(difference(files, 'sales', null, 1));
    expect(await seen()).toEqual({
      cuts: { sales: 2, risk: 3 },
      generation: 3,
      tables: { ...expected('sales', 2), ...expected('risk', 3) },
    });
    expect(await seen('staging')).toEqual({ cuts: { sales: 1 }, generation: 3, tables: expected('sales', 1) });
  });

  it('replaces a table in full, whatever it holds', async () => {
    await publish(null, 2);
    const { tables } = difference(files, 'sales', null, 5);
    await publish(2, 5, { tables: tables.map((t) => ({ ...t, full: true })) });
    expect((await seen()).tables).toEqual(expected('sales', 5));
  });

  it('drops tables that no longer exist', async () => {
    await publish(null, 1);
    await warehouse.publish({
      pipeline: 'sales',
      fromCut: 1,
      toCut: 2,
      tables: [],
      dropTables: ['dim_sales', 'never_was'],
    });
    expect(Object.keys((await seen()).tables)).toEqual(['fact_sales']);
  });

  it('refuses files whose rows lie outside their partition, and leaves no trace', async () => {
    await publish(null, 1);
    const next = difference(files, 'sales', 1, 2);
    const [fact] = next.tables as [PublishedTable];
    const wrong = { ...fact, replacePartitions: [{ partition: '2026-12-24', uris: fact.replacePartitions[0]!.uris }] };
    await expect(warehouse.publish({ ...next, tables: [wrong] })).rejects.toMatchObject({ code: 'corrupt' });
    expect(await seen()).toEqual({ cuts: { sales: 1 }, generation: 1, tables: expected('sales', 1) });
    expect(await readdir(join(folder, 'analytics.next'))).toEqual([]);
  });

  it('names a Parquet file that is missing or broken', async () => {
    await publish(null, 1);
    const broken = join(folder, 'broken.parquet');
    await writeFile(broken, 'no parquet');
    for (const [uri, code] of [
      [broken, 'corrupt'],
      [join(folder, 'missing.parquet'), 'storage'],
    ] as const) {
      const next = difference(files, 'sales', 1, 2);
      const tables = next.tables.map((t) => ({
        ...t,
        replacePartitions: t.replacePartitions.map((p) => ({ ...p, uris: [uri] })),
      }));
      await expect(warehouse.publish({ ...next, tables })).rejects.toMatchObject({
        code,
        where: expect.stringContaining(uri),
      });
    }
    expect((await seen()).tables).toEqual(expected('sales', 1));
  });
});

describe('table shapes', () => {
  const table = (shape: Parameters<typeof columnsOf>[0], rest: Partial<PublishedTable> = {}): PublishedTable => ({
    name: 'dim_thing',
    columns: columnsOf(shape),
    key: ['id'],
    partitionBy: { kind: 'all' },
    replacePartitions: [],
    dropPartitions: [],
    ...rest,
  });
  async function parquet(name: string, query: string): Promise<string> {
    const file = join(folder, name);
    await using session = await openSession(SESSION);
    await session.run(`COPY (${query}) TO '${file}' (FORMAT parquet)`);
    return file;
  }
  async function catalog(sql: string): Promise<unknown[][]> {
    const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' });
    const connection = await instance.connect();
    const rows = (await connection.runAndReadAll(sql)).getRowsJson();
    connection.disconnectSync();
    instance.closeSync();
    return rows as unknown[][];
  }

  it('follow the definition: columns come, go, move and change type; rows that stay are kept', async () => {
    const one = await parquet('one.parquet', `SELECT 1::BIGINT AS id, 'a' AS label, 1.50::DECIMAL(18,2) AS amount`);
    await warehouse.publish({
      pipeline: 'p',
      fromCut: null,
      toCut: 1,
      tables: [
        table(
          { id: key(bigint()).describe('Number'), label: text(), amount: decimal(18, 2) },
          { description: 'Things', replacePartitions: [{ partition: 'all', uris: [one] }] },
        ),
      ],
    });
    await warehouse.publish({
      pipeline: 'p',
      fromCut: 1,
      toCut: 2,
      tables: [
        table(
          {
            id: key(bigint()).describe('Its number'),
            amount: decimal(28, 2).describe("Money, it's decimal"),
            since: date().nullable(),
          },
          { description: 'All things' },
        ),
      ],
    });
    expect((await seen()).tables).toEqual({ dim_thing: ['1|1.50|'] });
    expect(
      await catalog(
        `SELECT column_name, data_type, comment FROM duckdb_columns() WHERE table_name = 'dim_thing' ORDER BY column_index`,
      ),
    ).toEqual([
      ['id', 'BIGINT', 'Its number'],
      ['amount', 'DECIMAL(28,2)', "Money, it's decimal"],
      ['since', 'DATE', null],
    ]);
    expect(await catalog(`SELECT comment FROM duckdb_tables() WHERE table_name = 'dim_thing'`)).toEqual([
      ['All things'],
    ]);
  });

  it('read files that were written before a column was added', async () => {
    const old = await parquet('old.parquet', 'SELECT 7::BIGINT AS id');
    await warehouse.publish({
      pipeline: 'p',
      fromCut: null,
      toCut: 1,
      tables: [
        table(
          { id: key(bigint()), label: text().nullable() },
          { replacePartitions: [{ partition: 'all', uris: [old] }] },
        ),
      ],
    });
    expect((await seen()).tables).toEqual({ dim_thing: ['7|'] });
  });
});

describe('what else may lie on the disk', () => {
  it('a warehouse file deleted by hand is published anew', async () => {
    await publish(null, 1);
    await publish(1, 2);
    await unlink(path);
    expect(await warehouse.published('sales')).toBeNull();
    await publish(null, 3);
    expect(await seen()).toEqual({ cuts: { sales: 3 }, generation: 3, tables: expected('sales', 3) });
  });

  it('a write-ahead log that somebody left beside the warehouse never reaches the next generation', async () => {
    await publish(null, 1);
    await chmod(path, 0o644);
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    await connection.run('PRAGMA disable_checkpoint_on_shutdown');
    await connection.run('CREATE TABLE dev.scribble AS SELECT 1 AS x');
    connection.disconnectSync();
    instance.closeSync();
    expect(existsSync(`${path}.wal`)).toBe(true);
    await publish(1, 2);
    expect(existsSync(`${path}.wal`)).toBe(false);
    expect(await readdir(join(folder, 'analytics.next'))).toEqual([expect.stringMatching(/foreign-wal$/)]);
    expect((await seen()).tables).toEqual(expected('sales', 2));
  });

  it('leftovers of dead attempts go after the grace period, not before', async () => {
    await publish(null, 1);
    const leftover = join(folder, 'analytics.next', 'dead.duckdb');
    await writeFile(leftover, 'x');
    await publish(1, 2);
    expect(existsSync(leftover)).toBe(true);
    const impatient = await openDuckdbWarehouse({ path, schema: 'dev', session: SESSION, graceMillis: -1000 });
    await impatient.publish(difference(files, 'sales', 2, 3));
    expect(existsSync(leftover)).toBe(false);
  });
});
