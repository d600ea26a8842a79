import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDuckdbWarehouse } from '../../warehouse/duckdb-warehouse.ts';
import { formatQuery } from '../../warehouse/query-format.ts';
import type { Warehouse } from '../../warehouse/warehouse.ts';
import { difference, SESSION, writeFiles } from './company.fixture.ts';

let folder: string;
let warehouse: Warehouse;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-query-'));
  await writeFiles(folder, 'shop', 1);
  warehouse = await openDuckdbWarehouse({ path: join(folder, 'analytics.duckdb'), schema: 'dev', session: SESSION });
  await warehouse.publish(difference(folder, 'shop', null, 1));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a query', () => {
  it('gives values that lose nothing in JSON', async () => {
    const { columns, rows } = await warehouse.query(
      `SELECT 0.10::DECIMAL(18,2) AS money, 9007199254740993 AS big, 7::BIGINT AS small, TIMESTAMPTZ '2026-11-01 10:00:00.123456+02' AS at,
              DATE '2026-11-01' AS on_day, 'NaN'::DOUBLE AS nan, [1, 2] AS list, {'a': NULL} AS struct, NULL AS nothing, true AS yes, '\\xAB'::BLOB AS bytes`,
    );
    expect(Object.fromEntries(columns.map((c, i) => [c.name, rows[0]?.[i]]))).toEqual({
      money: '0.10',
      big: '9007199254740993',
      small: 7,
      at: '2026-11-01T08:00:00.123456Z',
      on_day: '2026-11-01',
      nan: 'NaN',
      list: [1, 2],
      struct: { a: null },
      nothing: null,
      yes: true,
      bytes: 'ab',
    });
  });

  it('stops at the number of rows wanted and says that there are more', async () => {
    const most = await warehouse.query('SELECT * FROM range(5)', { maxRows: 5 });
    expect([most.rows.length, most.truncated]).toEqual([5, false]);
    const some = await warehouse.query('SELECT * FROM range(500000)', { maxRows: 5 });
    expect([some.rows.length, some.truncated]).toEqual([5, true]);
  });

  it('changes nothing and reaches no other file', async () => {
    const before = await readFile(join(folder, 'analytics.duckdb'));
    for (const sql of [
      'DELETE FROM fact_shop',
      'CREATE TABLE t AS SELECT 1',
      'DROP TABLE dim_shop',
      `COPY dim_shop TO '${join(folder, 'out.csv')}'`,
      `SELECT * FROM read_text('${join(folder, 'shop-dim-1.parquet')}')`,
      `ATTACH '${join(folder, 'other.duckdb')}' AS other`,
      'SET enable_external_access = true',
      'CALL pragma_version(); SELECT 1',
    ]) {
      await expect(warehouse.query(sql), sql).rejects.toMatchObject({ name: 'StrataError' });
    }
    expect((await readdir(folder)).filter((name) => /out|other/.test(name))).toEqual([]);
    expect(before.equals(await readFile(join(folder, 'analytics.duckdb')))).toBe(true);
  });

  it('says where the SQL is wrong', async () => {
    await expect(warehouse.query('SELECT amont\nFROM fact_shop')).rejects.toMatchObject({
      code: 'bad_input',
      message: expect.stringContaining('amont'),
      where: expect.stringContaining('line 1'),
    });
    await expect(warehouse.query('SELECT 1; SELECT 2')).rejects.toMatchObject({ code: 'bad_input' });
    for (const nothing of ['', ' \n', '-- later']) {
      await expect(warehouse.query(nothing)).rejects.toMatchObject({ code: 'bad_input' });
    }
  });

  it('says that nothing is published, here or in this environment', async () => {
    const other = await openDuckdbWarehouse({
      path: join(folder, 'analytics.duckdb'),
      schema: 'prod',
      session: SESSION,
    });
    await expect(other.query('SELECT 1')).rejects.toMatchObject({
      code: 'bad_input',
      message: expect.stringContaining('prod'),
    });
    const none = await openDuckdbWarehouse({ path: join(folder, 'none.duckdb'), schema: 'dev', session: SESSION });
    await expect(none.query('SELECT 1')).rejects.toMatchObject({ code: 'bad_input' });
  });
});

describe('formats', () => {
  const result = {
    columns: [
      { name: 'name', type: 'VARCHAR' },
      { name: 'eur', type: 'DECIMAL(18,2)' },
    ],
    rows: [
      ['Café "Zur Post"', '1.50'],
      ['a\nb, c', '-10.00'],
      ['', null],
      [null, '0.00'],
    ],
    truncated: true,
  };
  it('table', () => {
    expect(formatQuery(result, 'table').split('\n')).toEqual([
      'name                eur',
      '---------------  ------',
      'Café "Zur Post"    1.50',
      'a\\nb, c          -10.00',
      '',
      '                   0.00',
      '(4 rows; there are more)',
    ]);
  });
  it('csv tells an empty text from null', () => {
    expect(formatQuery(result, 'csv')).toBe('name,eur\n"Café ""Zur Post""",1.50\n"a\nb, c",-10.00\n"",\n,0.00');
  });
  it('json', () => {
    expect(JSON.parse(formatQuery(result, 'json'))).toEqual(result.rows.map(([name, eur]) => ({ name, eur })));
  });
});
