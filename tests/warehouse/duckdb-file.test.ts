import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDuckdbWarehouse } from '../../warehouse/duckdb-warehouse.ts';
import type { Publication, Warehouse } from '../../warehouse/warehouse.ts';
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

describe('a publication', () => {
  it('is a new generation of the file, whole and read-only; the ledger in it says where it is', async () => {
    expect(await warehouse.published('sales')).toBeNull();
    let generation = 0;
    for (const [from, to] of [
      [null, 1],
      [1, 2],
      [2, 6],
      [6, 7],
      [7, 12],
    ] as const) {
      expect(await publish(from, to)).toMatchObject({ outcome: 'published', cut: to });
      expect(await seen()).toEqual({ cuts: { sales: to }, generation: ++generation, tables: expected('sales', to) });
      expect(await warehouse.published('sales')).toMatchObject({ number: to });
    }
    expect(existsSync(`${path}.wal`)).toBe(false);
    expect((await stat(path)).mode & 0o777).toBe(0o444);
    expect(await readdir(join(folder, 'analytics.next'))).toEqual([]);
    expect(await readdir(join(folder, 'analytics.cuts'))).toHaveLength(5);
  });

  it('that was there already, or is refused, leaves the file alone and nothing beside it', async () => {
    await publish(null, 4);
    const before = await stat(path);
    expect(await publish(3, 4)).toMatchObject({ outcome: 'current' });
    expect(await publish(1, 2)).toMatchObject({ outcome: 'newer' });
    await expect(publish(3, 5)).rejects.toMatchObject({ code: 'conflict' });
    const { tables } = difference(files, 'sales', 4, 5);
    const stray = tables.map((table) => ({
      ...table,
      replacePartitions: table.replacePartitions.map((p) => ({ ...p, partition: '2026-12-24' })),
    }));
    await expect(publish(4, 5, { tables: stray })).rejects.toMatchObject({ code: 'corrupt' });
    const broken = join(folder, 'broken.parquet');
    await writeFile(broken, 'no parquet');
    for (const [uri, code] of [
      [broken, 'corrupt'],
      [join(folder, 'missing.parquet'), 'storage'],
    ] as const) {
      const unreadable = tables.map((table) => ({
        ...table,
        replacePartitions: table.replacePartitions.map((p) => ({ ...p, uris: [uri] })),
      }));
      await expect(publish(4, 5, { tables: unreadable })).rejects.toMatchObject({
        code,
        where: expect.stringContaining(uri),
      });
    }
    expect((await stat(path)).ino).toBe(before.ino);
    expect(await seen()).toEqual({ cuts: { sales: 4 }, generation: 1, tables: expected('sales', 4) });
    expect(await readdir(join(folder, 'analytics.next'))).toEqual([]);
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
