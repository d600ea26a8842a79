import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import project from '../../config/project.ts';
import { publishedName, publishedOf } from '../../core/published.ts';
import type { SnowflakeAddress } from '../../services/service.types.ts';
import type { Warehouse } from '../../warehouse/warehouse.ts';
import { openWarehouse } from '../../workers/open-warehouse.ts';
import { MINUTES } from '../patience.ts';
import { freshName } from '../servers.fresh.ts';
import { describeWith } from '../servers.ts';
import { dateOfDay, openCompanySources } from './company.sources.ts';
import { Company } from './company.ts';
import { figure, timed } from './figures.ts';
import { strata } from './strata.process.ts';

const QUERIES = new URL('../../warehouse-sql/queries/', import.meta.url);

const publishing = project.pipelines.filter((pipeline) => pipeline.publish !== undefined);
const TABLES = publishing.flatMap((pipeline) =>
  publishedOf(pipeline).map(({ name, columns }) => ({
    name: publishedName(name),
    columns: columns.map((c) => c.name),
  })),
);
const VIEWS = publishing.flatMap((pipeline) => pipeline.views.map(({ name }) => name));

await describeWith(['temporal', 'postgres', 'mongodb', 'snowflake'], 'one lake, two warehouses', (addresses) => {
  /** The second differs from the first in one setting: what `analytics` is. */
  let inSnowflake: Company;
  let inDuckdb: Company;
  let warehouses: readonly Warehouse[];

  beforeAll(async () => {
    const sources = await openCompanySources(addresses, { rowsPerDay: 25 });
    const { temporal } = addresses;
    const account = accountSettings(addresses.snowflake);
    inSnowflake = await Company.open({
      sources,
      temporal,
      variables: { ...account, STRATA_WAREHOUSE_ANALYTICS: 'snowflake' },
    });
    const { STRATA_LAKE } = inSnowflake.variables as { STRATA_LAKE: string };
    inDuckdb = await Company.open({ sources, temporal, variables: { ...account, STRATA_LAKE } });
    for (const company of [inSnowflake, inDuckdb]) await company.startWorker();
    warehouses = await Promise.all(
      [inSnowflake, inDuckdb].map(({ settings }) =>
        openWarehouse(settings.warehouses.analytics!, settings, { memoryLimit: '256MB', threads: 1 }),
      ),
    );
  }, 3 * MINUTES);

  afterAll(async () => {
    for (const company of [inSnowflake, inDuckdb]) await company?.close();
    await inSnowflake?.sources.close();
  });

  test.each([1, 2])(
    'after night %i every table holds the same rows, and after the second every view',
    { timeout: 10 * MINUTES },
    async (day) => {
      await inSnowflake.sources.live(day);
      for (const company of [inSnowflake, inDuckdb]) {
        const { published } = await timed(`nightly into ${nameOf(company)}`, () => company.nightly(day));
        expect(published?.cut).toBeGreaterThan(0);
      }
      // The second night loads a difference; the views, one of a calendar's every day, are looked at once.
      await expectSame([...tablesOf('daily_oltp_to_olap'), ...(day === 2 ? VIEWS : [])]);
    },
  );

  test('and after the weekly pipeline', { timeout: 10 * MINUTES }, async () => {
    for (const company of [inSnowflake, inDuckdb]) {
      await timed(`weekly into ${nameOf(company)}`, () => company.weekly(dateOfDay(1), dateOfDay(2)));
    }
    await expectSame(tablesOf('weekly_customer_segmentation'));
  });

  test('every shipped question has one answer', { timeout: 4 * MINUTES }, async () => {
    for (const file of readdirSync(QUERIES)) {
      const sql = readFileSync(new URL(file, QUERIES), 'utf8');
      const [a, b] = await Promise.all(warehouses.map((warehouse) => warehouse.query(sql)));
      expect([file, a!.columns.map((c) => c.name), a!.rows]).toEqual([file, b!.columns.map((c) => c.name), b!.rows]);
    }
  });

  test('strata query --file asks Snowflake', { timeout: 4 * MINUTES }, async () => {
    const file = fileURLToPath(new URL('revenue_by_day.sql', QUERIES));
    const [a, b] = await Promise.all(
      [inSnowflake, inDuckdb].map((company) => strata(company, ['query', '--file', file, '--format', 'csv'])),
    );
    expect([a!.code, a!.stderr]).toEqual([0, '']);
    expect(a!.stdout.split('\n').length).toBeGreaterThan(2);
    expect(a!.stdout).toBe(b!.stdout);
  });

  /** Row by row, and of the tables the published columns only. */
  async function expectSame(tables: readonly string[]): Promise<void> {
    let rows = 0;
    for (const name of tables) {
      const columns = TABLES.find((table) => table.name === name)?.columns.join(', ') ?? '*';
      const sql = `SELECT ${columns} FROM ${name}`;
      const [a, b] = await Promise.all(warehouses.map((warehouse) => rowsOf(warehouse, sql)));
      expect([name, hashOf(a!) === hashOf(b!) ? [] : differences(a!, b!)]).toEqual([name, []]);
      rows += a!.length;
    }
    figure('rows that are the same in both warehouses', rows);
    expect(rows).toBeGreaterThan(10);
  }
});

/** What the settings of an account are; where a warehouse is not Snowflake, nobody reads them. */
function accountSettings(account: SnowflakeAddress): Record<string, string> {
  return {
    STRATA_SNOWFLAKE_ACCOUNT: account.account,
    STRATA_SNOWFLAKE_USER: account.user,
    STRATA_SNOWFLAKE_PRIVATE_KEY_PATH: account.privateKeyPath,
    STRATA_SNOWFLAKE_ROLE: account.role,
    STRATA_SNOWFLAKE_WAREHOUSE: account.warehouse,
    STRATA_SNOWFLAKE_DATABASE: account.database,
    STRATA_SNOWFLAKE_SCHEMA: freshName('both'),
    STRATA_SNOWFLAKE_URL: account.url,
  };
}

const nameOf = ({ settings }: Company) => settings.warehouses.analytics!.kind;

const tablesOf = (name: string): string[] =>
  publishing
    .filter((p) => p.name === name)
    .flatMap((p) => publishedOf(p).map((dataset) => publishedName(dataset.name)));

async function rowsOf(warehouse: Warehouse, sql: string): Promise<string[]> {
  const { columns, rows } = await warehouse.query(sql, { maxRows: 1_000_000 });
  // By name: where a column was added later, its place differs.
  const order = columns.map(({ name }, i) => ({ name, i })).sort((a, b) => (a.name < b.name ? -1 : 1));
  return rows.map((row) => JSON.stringify(order.map(({ name, i }) => [name, row[i]]))).sort();
}

const hashOf = (rows: readonly string[]): string => createHash('sha256').update(rows.join('\n')).digest('hex');

/** The first rows that only one of them has. */
function differences(a: readonly string[], b: readonly string[]): string[] {
  const [inA, inB] = [new Set(a), new Set(b)];
  return [...a.filter((row) => !inB.has(row)).slice(0, 2), ...b.filter((row) => !inA.has(row)).slice(0, 2)];
}
