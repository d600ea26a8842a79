import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { openDuckdbWarehouse } from '../../warehouse/duckdb-warehouse.ts';
import type { Publication, PublishedView, Warehouse } from '../../warehouse/warehouse.ts';
import { difference, factAt, SESSION, writeFiles } from './company.fixture.ts';

let root: string;
let path: string;
let warehouse: Warehouse;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'strata-views-'));
  await writeFiles(root, 'sales', 4);
  await writeFiles(root, 'risk', 1);
});
afterAll(() => rm(root, { recursive: true, force: true }));
beforeEach(async () => {
  path = join(await mkdtemp(join(root, 'w-')), 'analytics.duckdb');
  warehouse = await openDuckdbWarehouse({ path, schema: 'dev', session: SESSION });
});

const flat: PublishedView = {
  name: 'sales_flat',
  description: "Sales; the analyst's table",
  columns: [{ name: 'id', description: 'Row of the day' }, { name: 'label' }],
  sql: '-- Facts and their dimension.\nSELECT f.id, d.label\nFROM {{fact_sales}} AS f\nCROSS JOIN {{dim_sales}} AS d',
};
const publish = (from: number | null, to: number, rest: Partial<Publication>) =>
  warehouse.publish({ ...difference(root, 'sales', from, to), ...rest });

/** Read as anybody would open the file: under its own name, not the one it was written under. */
async function read(sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowsJson() as unknown[][];
  } finally {
    connection.disconnectSync();
    instance.closeSync();
  }
}
const views = async (schema = 'dev') =>
  (
    await read(
      `SELECT view_name FROM duckdb_views() WHERE NOT internal AND schema_name = '${schema}' ORDER BY view_name`,
    )
  ).flat();

it('are there with their comments, and show the tables of the newest cut', async () => {
  await publish(null, 1, { views: [flat] });
  for (const cut of [1, 4]) {
    if (cut > 1) await publish(1, cut, { views: [flat] });
    expect(await read('SELECT count(*)::INTEGER, min(label), max(label) FROM dev.sales_flat')).toEqual([
      [factAt('sales', cut).length, `sales at ${cut}`, `sales at ${cut}`],
    ]);
    expect(await read(`SELECT comment FROM duckdb_views() WHERE view_name = 'sales_flat'`)).toEqual([
      ["Sales; the analyst's table"],
    ]);
    expect(
      await read(`SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'sales_flat' ORDER BY 1`),
    ).toEqual([
      ['id', 'Row of the day'],
      ['label', null],
    ]);
    const asked = await warehouse.query('SELECT count(*) AS n FROM sales_flat');
    expect(asked.rows).toEqual([[factAt('sales', cut).length]]);
  }
});

it('go when the pipeline no longer has them; those of others stay', async () => {
  await publish(null, 1, { views: [flat, { ...flat, name: 'old_flat' }] });
  const risk = { ...flat, name: 'risk_flat', sql: 'SELECT id, label FROM {{dim_risk}}' };
  await warehouse.publish({ ...difference(root, 'risk', null, 1), views: [risk] });
  const staging = await openDuckdbWarehouse({ path, schema: 'staging', session: SESSION });
  await staging.publish({ ...difference(root, 'sales', null, 1), views: [flat] });
  expect(await views()).toEqual(['old_flat', 'risk_flat', 'sales_flat']);
  await publish(1, 2, { views: [flat] });
  expect(await views()).toEqual(['risk_flat', 'sales_flat']);
  await publish(2, 3, {});
  expect(await views()).toEqual(['risk_flat']);
  expect(await views('staging')).toEqual(['sales_flat']);
});

it('may become tables, and tables views', async () => {
  await publish(null, 1, { views: [{ ...flat, name: 'dim_extra' }] });
  const { tables } = difference(root, 'sales', 1, 2);
  const extra = { ...tables[1]!, name: 'dim_extra', full: true };
  await publish(1, 2, { tables: [...tables, extra] });
  expect(await views()).toEqual([]);
  expect(await read('SELECT label FROM dev.dim_extra')).toEqual([['sales at 2']]);
  await publish(2, 3, { dropTables: ['dim_extra'], views: [{ ...flat, name: 'dim_extra' }] });
  expect(await views()).toEqual(['dim_extra']);
});

it('that do not bind leave the warehouse as it was', async () => {
  await publish(null, 1, { views: [flat] });
  const broken = { ...flat, sql: 'SELECT nothing FROM {{fact_sales}}' };
  await expect(publish(1, 2, { views: [broken] })).rejects.toThrow(/nothing/);
  expect(await warehouse.published('sales')).toMatchObject({ number: 1 });
  expect(await views()).toEqual(['sales_flat']);
});
