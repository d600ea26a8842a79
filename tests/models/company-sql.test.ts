import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import projectDefinition from '../../config/project.ts';
import type { DerivedDataset } from '../../core/dataset.ts';
import { datasetsOf } from '../../core/graph.ts';
import { type CompanySources, openCompanySources } from '../e2e/company.sources.ts';
import { expectSameRows, type TextRow } from '../e2e/text-rows.ts';
import { oracleSegmentation } from '../oracle/segmentation.oracle.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { type CompanyTables, companyTables } from './company.duckdb.ts';
import { createPublished } from './published-views.ts';
import { oracleAnswers } from './questions.ts';
import { referenceAudits } from './references.ts';

const datasets = datasetsOf(projectDefinition);
const derived = datasets.filter((d): d is DerivedDataset => d.kind === 'derived' && /^(silver|gold)\./.test(d.name));
const QUERIES = new URL('../../warehouse-sql/queries/', import.meta.url);
/** Views that put beside a table's rows what they refer to, and neither lose nor double any. */
const FLATTENED = [
  ['payment_flat', 'fact_payment'],
  ['customer_flat', 'dim_customer'],
  ['merchant_flat', 'dim_merchant'],
  ['product_flat', 'dim_product'],
  ['dim_event_date', 'dim_date'],
  ['dim_created_date', 'dim_date'],
  ['dim_refund_date', 'dim_date'],
  ['dim_session_date', 'dim_date'],
] as const;
const audits = referenceAudits(datasets, (name) => `"${name}"`);

await describeWith(['postgres', 'mongodb'], 'the SQL over the whole company', (addresses) => {
  let sources: CompanySources;
  let tables: CompanyTables;
  let oracle: Readonly<Record<string, readonly TextRow[]>>;

  beforeAll(async () => {
    sources = await openCompanySources(addresses, { rowsPerDay: 200 });
    await sources.live(20);
    // The company is small, and one of the questions is about merchants of one kind in one country.
    await sources.client.query(`update merchant set industry = 'Retail', country = 'FR', city = null where id = (
      select merchant_id from transaction join merchant m on m.id = merchant_id group by 1 order by count(*) desc, 1 limit 1)`);
    oracle = {
      ...(await sources.oracle()),
      'gold.customer_segmentation_summary': await oracleSegmentation(sources.client),
    };
    tables = await companyTables(datasets, sources.client, sources.db);
    await createPublished(tables, projectDefinition);
  }, 10 * MINUTES);

  afterAll(async () => {
    await tables?.[Symbol.asyncDispose]();
    await sources?.close();
  });

  it.each(audits)('$reference is in its dimension', async ({ sql }) => {
    expect(await tables.session.value(sql)).toBe(0n);
  });

  it.each(derived)('$name equals the oracle', async (dataset) => {
    const expected = oracle[dataset.name];
    expect(expected, `${dataset.name} has an oracle`).toBeDefined();
    expect(expected!.length, `${dataset.name} has rows`).toBeGreaterThan(0);
    expectSameRows(dataset.name, await tables.rows(dataset), expected!);
  });

  it('every question has an answer that was found without the pipeline', { timeout: 5 * MINUTES }, async () => {
    const answers = await oracleAnswers(sources.client, sources.db, sources.log);
    expect((await readdir(QUERIES)).sort()).toEqual(Object.keys(answers).sort());
    for (const [file, expected] of Object.entries(answers)) {
      const sql = await readFile(new URL(file, QUERIES), 'utf8');
      const found = await tables.session.rows<TextRow>(`SELECT columns(*)::VARCHAR FROM (${sql})`);
      expect(expected.length, `${file} asks for something that happened`).toBeGreaterThan(0);
      expect(found, file).toEqual(expected);
      const columns = await tables.session.rows<{ column_type: string }>(`DESCRIBE ${sql.replace(/;\s*$/, '')}`);
      // HUGEINT and DOUBLE are what sums and averages become when nobody casts them.
      for (const { column_type } of columns) expect(column_type, file).not.toMatch(/HUGEINT|DOUBLE/);
    }
  });

  it.each(FLATTENED)('%s has the rows of %s', async (view, table) => {
    const count = (of: string) => tables.session.value<bigint>(`SELECT count(*) FROM ${of}`);
    expect(await count(table)).toBeGreaterThan(1n);
    expect(await count(view)).toBe(await count(table));
  });

  it('a working day of a country is neither weekend nor holiday there', async () => {
    const [row] = await tables.session.rows(
      `SELECT count(*) FILTER (is_holiday)::INT AS holidays, (count(*) // count(DISTINCT country_key))::INT AS days,
         count(*) FILTER (is_working_day = (is_weekend OR is_holiday))::INT AS wrong FROM country_day`,
    );
    const { rows } = await sources.client.query('select count(*)::int as holidays from public_holiday');
    expect(row).toEqual({ holidays: rows[0].holidays, days: 5844, wrong: 0 });
  });
});
