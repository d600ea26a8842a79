import { readdir, readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import project from '../../config/project.ts';
import { pipelineNamed } from '../../core/graph.ts';
import { openWarehouse } from '../../workers/open-warehouse.ts';
import { oracleAnswers, type Seen } from '../models/questions.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { dateOfDay, openCompanySources } from './company.sources.ts';
import { Company, PIPELINE } from './company.ts';
import { changedByOracle } from './expected-changes.ts';
import { timed } from './figures.ts';
import { expectKnownKeys } from './oracle-equality.ts';
import { expectSameRows, type TextRow } from './text-rows.ts';

const CHANGED = `${dateOfDay(3)}T12:00:00Z`;
/** Questions whose answer depends on what customers and merchants were at the time. */
const HISTORICAL = [
  'revenue_by_day_and_country.sql',
  'monthly_tax_of_retail_merchants_in_france.sql',
  'yearly_spend_of_premium_customers_in_france.sql',
  'daily_credit_card_fraud_at_small_merchants.sql',
  'credit_card_disputes_at_small_merchants.sql',
];
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
    const { client, generator } = company.sources;
    await company.sources.live(3);
    const paid = (party: string) => `select ${party} from transaction group by ${party}
       having min(event_time) < '${dateOfDay(3)}' and max(event_time) >= '${CHANGED}' order by count(*) desc, ${party}`;
    const changed = await client.query(
      `update customer set segment = case segment when 'Premium' then 'Business' else 'Premium' end, country = 'FR', city = null,
         updated_at = $1
       where id in (${paid('customer_id')} limit 5) returning id`,
      [CHANGED],
    );
    const grown = await client.query(
      `with old as (select id, size from merchant where id in (${paid('merchant_id')} limit 4))
       update merchant m set size = case m.size when 'Small' then 'Large' else 'Small' end, industry = 'Retail', country = 'FR',
         city = null, updated_at = $1
       from old where old.id = m.id returning m.id, old.size as before, m.size as after`,
      [CHANGED],
    );
    const small = grown.rows.filter(({ before }) => before === 'Small').map(({ id }) => id);
    const disputed = await client.query(
      `select id from transaction where status = 'succeeded' and payment_method = 'Credit Card' and event_time < $1
         and merchant_id = any($2) order by id limit 1`,
      [dateOfDay(3), small],
    );
    expect(disputed.rows).toHaveLength(1);
    await generator.updatePaymentStatus(disputed.rows[0].id, 'disputed', CHANGED);
    await timed('dimensions: night of day 3', () => company.nightly(3));
    const after = await expectDimensions();
    expect(Object.keys(changedByOracle(before, after))).toContain('gold.dim_customer');
    const spans = await company.warehouse(
      `SELECT count(*) AS spans, count(*) FILTER (is_current) AS current FROM dev.dim_customer
       WHERE customer_id IN (${changed.rows.map(({ id }) => `'${id}'`).join(', ')})`,
    );
    expect(spans).toEqual([{ spans: String(2 * changed.rows.length), current: String(changed.rows.length) }]);
    for (const { id, before: was, after: is } of grown.rows) {
      const sizes = await company.warehouse(
        `SELECT DISTINCT event_time >= '${CHANGED}' AS after, merchant_size AS size FROM dev.payment_flat
         WHERE merchant_id = '${id}' ORDER BY after`,
      );
      expect(sizes).toEqual([
        { after: 'false', size: was },
        { after: 'true', size: is },
      ]);
    }
  });

  test('every question is answered with customers and merchants as they were', { timeout: 2 * MINUTES }, async () => {
    const { client, db, log } = company.sources;
    const { warehouses, duckdb } = company.settings;
    const session = { memoryLimit: duckdb.memoryLimit, threads: duckdb.threads };
    const warehouse = await openWarehouse(warehouses.analytics!, company.settings, session);
    const asNow = await oracleAnswers(client, db, newestOf(log));
    const answers = await oracleAnswers(client, db, log);
    expect((await readdir(QUERIES)).sort()).toEqual(Object.keys(answers).sort());
    for (const [file, expected] of Object.entries(answers)) {
      const sql = await readFile(new URL(file, QUERIES), 'utf8');
      const { columns, rows } = await warehouse.query(`SELECT columns(*)::VARCHAR FROM (${sql}\n)`);
      const found = rows.map((cells) => Object.fromEntries(columns.map(({ name }, i) => [name, cells[i]])));
      expect(found, file).toEqual(expected);
      expect(expected.length, `${file} asks for something that happened`).toBeGreaterThan(0);
    }
    // Whoever joins the rows that are current, or by the natural key, is found out.
    expect(Object.keys(answers).filter((file) => !isDeepStrictEqual(answers[file], asNow[file]))).toEqual(
      expect.arrayContaining(HISTORICAL),
    );
    expect((await warehouse.published(PIPELINE))?.number).toBeGreaterThan(1);
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
});

/** Each party as it is now, and nothing of what it was. */
function newestOf(log: Seen): Seen {
  const newest = (rows: ReturnType<Seen['customerVersions']>, id: string) => [
    ...new Map(
      [...rows].sort((a, b) => (a.changed_at! < b.changed_at! ? -1 : 1)).map((row) => [row[id], row]),
    ).values(),
  ];
  return {
    customerVersions: () => newest(log.customerVersions(), 'customer_id'),
    merchantVersions: () => newest(log.merchantVersions(), 'merchant_id'),
  };
}
