import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DerivedDataset } from '../../core/dataset.ts';
import { lakeColumns } from '../../core/lake-columns.ts';
import { openSession, type Session } from '../../engine/session.ts';
import { ident, literal, render } from '../../engine/sql-text.ts';
import { dailyRevenueByMerchant } from '../../models/gold/daily-revenue-by-merchant.ts';
import { dimCountry } from '../../models/gold/dim-country.ts';
import { dimCustomer } from '../../models/gold/dim-customer.ts';
import { dimDate } from '../../models/gold/dim-date.ts';
import { dimMerchant } from '../../models/gold/dim-merchant.ts';
import { factPayment } from '../../models/gold/fact-payment.ts';
import { openDuckdbWarehouse } from '../../warehouse/duckdb-warehouse.ts';
import { formatQuery } from '../../warehouse/query-format.ts';
import type { PublishedTable, Warehouse } from '../../warehouse/warehouse.ts';
import { SESSION } from './company.fixture.ts';

const GOLD: readonly DerivedDataset[] = [
  dimDate,
  dimCountry,
  dimCustomer,
  dimMerchant,
  factPayment,
  dailyRevenueByMerchant,
];
const QUERIES = new URL('../../warehouse-sql/queries/', import.meta.url);

type Rows = readonly Readonly<Record<string, string | boolean | null>>[];
const pay = (id: string, on: string, merchant: string, amount: string, rest: Rows[number] = {}) => ({
  payment_id: id,
  event_date: on,
  event_time: `${on}T10:00:00Z`,
  created_at: `${on}T10:00:00Z`,
  merchant_id: merchant,
  customer_id: 'c-fr',
  status: 'succeeded',
  is_captured: true,
  payment_method: 'Credit Card',
  currency: 'EUR',
  amount,
  amount_eur: amount,
  ...rest,
});
const SILVER: Readonly<Record<string, Rows>> = {
  payment: [
    pay('1', '2026-11-01', 'm-de', '10.00'),
    pay('2', '2026-11-01', 'm-late', '1.10', { customer_id: 'c-de' }),
    pay('3', '2026-11-02', 'm-de', '5.00', { status: 'disputed' }),
    pay('4', '2026-11-02', 'm-de', '7.00', { status: 'failed', is_captured: false }),
    pay('5', '2026-12-01', 'm-de', '2.50', { status: 'disputed', payment_method: 'Bank Transfer', amount_eur: null }),
  ],
  refund: [
    {
      refund_id: 'r1',
      refund_date: '2026-11-02',
      merchant_id: 'm-de',
      currency: 'EUR',
      amount: '4.00',
      amount_eur: '4.00',
    },
  ],
  customer: [
    { customer_id: 'c-fr', segment: 'Premium', country: 'FR' },
    { customer_id: 'c-de', segment: 'Premium', country: 'DE' },
  ],
  merchant: [{ merchant_id: 'm-de', name: 'Shop', industry: 'Retail', size: 'Small', country: 'DE' }],
  country: [
    { country_code: 'DE', name: 'Germany', region: 'Europe', currency: 'EUR' },
    { country_code: 'FR', name: 'France', region: 'Europe', currency: 'EUR' },
  ],
};

let folder: string;
let warehouse: Warehouse;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-query-'));
  warehouse = await openDuckdbWarehouse({ path: join(folder, 'analytics.duckdb'), schema: 'dev', session: SESSION });
  await using session = await openSession(SESSION);
  await giveSilver(session);
  const tables: PublishedTable[] = [];
  for (const dataset of GOLD) tables.push(await build(session, dataset));
  await warehouse.publish({ pipeline: 'p', fromCut: null, toCut: 1, tables });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function giveSilver(session: Session): Promise<void> {
  const inputs = new Map(GOLD.flatMap((d) => Object.entries(d.inputs)));
  for (const [name, { dataset }] of inputs) {
    const types = lakeColumns(dataset).map((c) => `${ident(c.name)} ${c.sqlType}`);
    await session.run(`CREATE TABLE ${ident(name)} (${types.join(', ')})`);
    for (const row of SILVER[name] ?? []) {
      const values = Object.values(row).map((v) => (v === null ? 'NULL' : literal(String(v))));
      await session.run(
        `INSERT INTO ${ident(name)} (${Object.keys(row).map(ident).join(', ')}) VALUES (${values.join(', ')})`,
      );
    }
  }
}

async function build(session: Session, dataset: DerivedDataset): Promise<PublishedTable> {
  const text = await readFile(new URL(`../../warehouse-sql/${dataset.sql}`, import.meta.url), 'utf8');
  const sql = render(text, Object.fromEntries(Object.keys(dataset.inputs).map((name) => [name, ident(name)])));
  const file = join(folder, `${dataset.name}.parquet`);
  await session.run(`COPY (${sql}) TO ${literal(file)} (FORMAT parquet)`);
  const { partitionBy } = dataset;
  const day = partitionBy.kind === 'time' ? partitionBy.column : undefined;
  const days = day
    ? await session.rows<{ d: string }>(
        `SELECT DISTINCT ${ident(day)}::VARCHAR AS d FROM read_parquet(${literal(file)})`,
      )
    : [{ d: 'all' }];
  return {
    name: dataset.name.replace('gold.', ''),
    description: dataset.description,
    columns: dataset.columns,
    key: dataset.key,
    partitionBy,
    // One file for all days: the first names it, the others are replaced by what it holds of them.
    replacePartitions: days.map(({ d }, i) => ({ partition: d, uris: i === 0 ? [file] : [] })),
    dropPartitions: [],
  };
}

const ask = async (name: string) =>
  (await warehouse.query(await readFile(new URL(`${name}.sql`, QUERIES), 'utf8'))).rows;

describe('the shipped queries', () => {
  it('all run', async () => {
    for (const file of await readdir(QUERIES)) {
      const { columns } = await warehouse.query(await readFile(new URL(file, QUERIES), 'utf8'));
      expect(columns.length, file).toBeGreaterThan(1);
      // HUGEINT and DOUBLE are what sums and averages become when nobody casts them.
      for (const column of columns) expect(column.type, `${file} ${column.name}`).not.toMatch(/HUGEINT|DOUBLE/);
    }
  });

  it('revenue by day', async () => {
    expect(await ask('revenue_by_day')).toEqual([
      ['2026-11-01', 2, '11.10', '0.00', '11.10', 0],
      ['2026-11-02', 1, '5.00', '4.00', '1.00', 0],
      ['2026-12-01', 1, '0.00', '0.00', '0.00', 1],
    ]);
  });

  it('revenue by day and country counts a merchant without a row as unknown', async () => {
    expect(await ask('revenue_by_day_and_country')).toEqual([
      ['2026-11-01', 'Germany', 1, '10.00', '0.00', '10.00'],
      ['2026-11-01', 'unknown', 1, '1.10', '0.00', '1.10'],
      ['2026-11-02', 'Germany', 1, '5.00', '4.00', '1.00'],
      ['2026-12-01', 'Germany', 1, '0.00', '0.00', '0.00'],
    ]);
  });

  it('revenue by week and by month', async () => {
    expect(await ask('revenue_by_week')).toEqual([
      [2026, 44, '2026-10-26', '11.10', '0.00', '11.10'],
      [2026, 45, '2026-11-02', '5.00', '4.00', '1.00'],
      [2026, 49, '2026-11-30', '0.00', '0.00', '0.00'],
    ]);
    expect(await ask('revenue_by_month')).toEqual([
      [2026, 11, '16.10', '4.00', '12.10'],
      [2026, 12, '0.00', '0.00', '0.00'],
    ]);
  });

  it('premium customers in France, and card disputes at small merchants', async () => {
    expect(await ask('yearly_spend_of_premium_customers_in_france')).toEqual([[2026, 1, 3, '15.00']]);
    expect(await ask('credit_card_disputes_at_small_merchants')).toEqual([['2026-11-02', 1, '5.00']]);
  });
});

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
      'DELETE FROM fact_payment',
      'CREATE TABLE t AS SELECT 1',
      'DROP TABLE dim_date',
      `COPY dim_date TO '${join(folder, 'out.csv')}'`,
      `SELECT * FROM read_text('${join(folder, 'gold.dim_date.parquet')}')`,
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
    await expect(warehouse.query('SELECT amont\nFROM fact_payment')).rejects.toMatchObject({
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
