import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import project from '../../config/project.ts';
import { pipelineNamed } from '../../core/graph.ts';
import { openWarehouse } from '../../workers/open-warehouse.ts';
import { describeWith } from '../servers.ts';
import { dateOfDay, openCompanySources } from './company.sources.ts';
import { Company, PIPELINE } from './company.ts';
import { changedByOracle } from './expected-changes.ts';
import { timed } from './figures.ts';
import { expectKnownKeys } from './oracle-equality.ts';
import { expectSameRows, type TextRow } from './text-rows.ts';

const MINUTES = 60_000;
const QUERIES = new URL('../../warehouse-sql/queries/', import.meta.url);

await describeWith(['temporal', 'postgres', 'mongodb'], 'the dimensions over two nights', (addresses) => {
  let company: Company;
  let before: Record<string, readonly TextRow[]>;

  beforeAll(async () => {
    company = await Company.open({ sources: await openCompanySources(addresses), temporal: addresses.temporal });
    await company.startWorker();
  }, 3 * MINUTES);

  afterAll(async () => {
    await company?.close();
    await company?.sources.close();
  });

  async function expectDimensions(): Promise<Record<string, readonly TextRow[]>> {
    const oracle = await company.sources.oracle();
    for (const [table, expected] of Object.entries(oracle)) {
      const name = /^gold[.](dim_.+)$/.exec(table)?.[1];
      if (name) expectSameRows(table, await company.warehouse(`SELECT * FROM dev.${name}`), expected);
    }
    await expectKnownKeys(company);
    return oracle;
  }

  test('of two days at once', { timeout: 5 * MINUTES }, async () => {
    await company.sources.live(2);
    await timed('dimensions: days 1 and 2', () => company.backfill(1, 2));
    before = await expectDimensions();
  });

  test('a customer becomes premium and moves, a merchant grows: their rows split in time', {
    timeout: 5 * MINUTES,
  }, async () => {
    const { client } = company.sources;
    await company.sources.live(3);
    const at = `${dateOfDay(3)}T12:00:00Z`;
    const changed = await client.query(
      `update customer set segment = case segment when 'Premium' then 'Business' else 'Premium' end, country = 'FR', city = null,
         updated_at = $1
       where id in (select customer_id from transaction where event_time >= $1 order by id limit 3) returning id`,
      [at],
    );
    const grown = await client.query(
      `update merchant set size = case size when 'Large' then 'Small' else 'Large' end, updated_at = $1
       where id in (select merchant_id from transaction where event_time >= $1 order by id limit 2) returning id`,
      [at],
    );
    await timed('dimensions: night of day 3', () => company.nightly(3));
    const after = await expectDimensions();
    expect(Object.keys(changedByOracle(before, after))).toContain('gold.dim_customer');
    const spans = await company.warehouse(
      `SELECT count(*) AS spans, count(*) FILTER (is_current) AS current FROM dev.dim_customer
       WHERE customer_id IN (${changed.rows.map(({ id }) => `'${id}'`).join(', ')})`,
    );
    expect(spans).toEqual([{ spans: String(2 * changed.rows.length), current: String(changed.rows.length) }]);
    const sizes = await company.warehouse(
      `SELECT count(DISTINCT merchant_size) AS sizes FROM dev.payment_flat WHERE merchant_id = '${grown.rows[0].id}'
         AND event_time >= '${dateOfDay(3)}'`,
    );
    expect(Number(sizes[0]!.sizes)).toBeGreaterThan(0);
  });

  test('views are there, described, and as long as what they flatten', async () => {
    const described = await company.warehouse(
      `SELECT view_name AS name, (SELECT count(*) FROM duckdb_columns() c WHERE c.table_name = view_name AND c.comment IS NULL) AS bare
       FROM duckdb_views() WHERE NOT internal AND comment IS NOT NULL ORDER BY 1`,
    );
    const { views } = pipelineNamed(project, PIPELINE);
    expect(described).toEqual(
      views.map(({ name }) => ({ name, bare: '0' })).sort((a, b) => (a.name < b.name ? -1 : 1)),
    );
    const [counts] = await company.warehouse(
      'SELECT (SELECT count(*) FROM dev.payment_flat) AS flat, (SELECT count(*) FROM dev.fact_payment) AS facts',
    );
    expect(counts!.flat).toBe(counts!.facts);
    const bare = await company.warehouse(
      `SELECT table_name FROM duckdb_tables() WHERE schema_name = 'dev' AND comment IS NULL
       UNION SELECT table_name FROM duckdb_columns() WHERE schema_name = 'dev' AND comment IS NULL`,
    );
    expect(bare).toEqual([]);
  });

  test('every question can be asked', async () => {
    const { warehouses, duckdb } = company.settings;
    const session = { memoryLimit: duckdb.memoryLimit, threads: duckdb.threads };
    const warehouse = await openWarehouse(warehouses.analytics!, company.settings, session);
    for (const file of await readdir(QUERIES)) {
      const { columns } = await warehouse.query(await readFile(new URL(file, QUERIES), 'utf8'));
      expect(columns.length, file).toBeGreaterThan(1);
    }
    expect((await warehouse.published(PIPELINE))?.number).toBeGreaterThan(1);
  });
});
