import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import projectDefinition from '../../config/project.ts';
import type { Dataset, DerivedDataset } from '../../core/dataset.ts';
import { placeholders } from '../../engine/sql-text.ts';
import { runModel } from './run-model.ts';

const datasets = new Map<string, Dataset>();
function visit(dataset: Dataset): void {
  if (datasets.has(dataset.name)) return;
  datasets.set(dataset.name, dataset);
  if (dataset.kind === 'derived') for (const input of Object.values(dataset.inputs)) visit(input.dataset);
}
for (const pipeline of projectDefinition.pipelines) pipeline.datasets.forEach(visit);
const derived = [...datasets.values()].filter((d): d is DerivedDataset => d.kind === 'derived');

const DUCKDB_NAMES: Readonly<Record<string, string>> = { TIMESTAMPTZ: 'TIMESTAMP WITH TIME ZONE' };

/** Names of measures whose sum over all rows means nothing. */
const NOT_ADDITIVE =
  /(_share|_rate|_score|_days|rating|order_count|customer_count|merchant_count|value_eur|frequency|monetary_eur)$/;

/** Datasets say their columns, views their tables, models that are trained their features. */
const isDefinition = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && ['columns', 'tables', 'features'].some((field) => field in value);

describe('the shipped project', () => {
  it('holds the tables of the domain', () => {
    expect([...datasets.keys()].sort()).toEqual([
      'bronze.app_customer',
      'bronze.app_log',
      'bronze.app_merchant',
      'bronze.app_transaction',
      'bronze.city',
      'bronze.country',
      'bronze.currency',
      'bronze.customer',
      'bronze.customer_review',
      'bronze.device_type',
      'bronze.dispute',
      'bronze.exchange_rate',
      'bronze.fee_schedule',
      'bronze.gateway_event',
      'bronze.merchant',
      'bronze.merchant_profile',
      'bronze.ml_feature',
      'bronze.order_line',
      'bronze.payment_method',
      'bronze.payment_status',
      'bronze.product',
      'bronze.product_category',
      'bronze.public_holiday',
      'bronze.refund',
      'bronze.subscription',
      'bronze.tax_rate',
      'bronze.transaction',
      'bronze.transaction_state_change',
      'bronze.user_interaction',
      'feature.fraud_label',
      'feature.payment_event',
      'feature.payment_fraud',
      'gold.customer_segmentation_summary',
      'gold.daily_revenue_by_merchant',
      'gold.dim_country',
      'gold.dim_currency',
      'gold.dim_customer',
      'gold.dim_date',
      'gold.dim_device',
      'gold.dim_holiday',
      'gold.dim_industry',
      'gold.dim_location',
      'gold.dim_merchant',
      'gold.dim_payment_method',
      'gold.dim_product',
      'gold.dim_product_category',
      'gold.dim_region',
      'gold.fact_customer_segmentation',
      'gold.fact_fraud_analysis',
      'gold.fact_payment',
      'gold.fact_refund',
      'gold.fact_revenue',
      'gold.fact_review',
      'gold.fact_session',
      'gold.monthly_fraud_statistics',
      'gold.product_performance_metrics',
      'silver.city',
      'silver.country',
      'silver.currency',
      'silver.customer',
      'silver.customer_version',
      'silver.device_type',
      'silver.dispute',
      'silver.exchange_rate',
      'silver.fee_schedule',
      'silver.gateway_event',
      'silver.mention',
      'silver.merchant',
      'silver.merchant_version',
      'silver.order_line',
      'silver.payment',
      'silver.payment_method',
      'silver.payment_state_change',
      'silver.product',
      'silver.product_category',
      'silver.public_holiday',
      'silver.refund',
      'silver.review',
      'silver.scored_payment',
      'silver.server_log_line',
      'silver.server_session',
      'silver.session',
      'silver.subscription',
      'silver.tax_rate',
    ]);
  });

  it.each([...datasets.values()])('$name says what each column means and who answers for it', (dataset) => {
    expect(dataset.owner).not.toBe('data');
    expect(dataset.description).toMatch(/\.$/);
    for (const column of dataset.columns) expect(column.description, column.name).toMatch(/\S/);
  });

  it('never reads a password', () => {
    for (const dataset of datasets.values()) {
      expect(dataset.columns.map((c) => c.name).join(' ')).not.toMatch(/password/);
    }
  });

  it('keeps names, addresses and free text out of the warehouse', () => {
    const gold = [...datasets.values()].filter((d) => d.name.startsWith('gold.'));
    const classes = gold.flatMap((d) => d.columns.flatMap((c) => (c.pii ? [`${d.name}.${c.name}: ${c.pii}`] : [])));
    // Needed to find the version of the customer that was valid at the time.
    expect(classes.filter((c) => !c.endsWith('.customer_id: identifier'))).toEqual([]);
  });

  it('says of measures how they add up: money in several currencies, shares, ranks, windows and counts of whom', () => {
    const facts = derived.filter(({ name }) => /^gold\.(?!dim_)/.test(name));
    for (const { name, columns } of facts) {
      const mixed = columns.some((c) => c.name === 'currency');
      for (const { name: column, sqlType, description } of columns) {
        if (mixed && /^DECIMAL/.test(sqlType) && !/_(eur|rate)$/.test(column))
          expect(description, `${name}.${column}`).toMatch(/within one currency only/);
        if (NOT_ADDITIVE.test(column))
          expect(description, `${name}.${column}`).toMatch(/not additive|, not over weeks/);
      }
    }
  });

  it.each(derived)('the SQL of $name gives the declared columns', async (dataset) => {
    const sql = await readFile(new URL(`../../warehouse-sql/${dataset.sql}`, import.meta.url), 'utf8');
    const members = Object.keys(dataset.history?.members ?? {});
    expect([...placeholders(sql), ...members].sort()).toEqual(Object.keys(dataset.inputs).sort());
    expect(sql).not.toMatch(/\b(now|current_date|current_timestamp|random|uuid)\b/i);
    const { columns } = await runModel(dataset, {});
    expect(columns.map((c) => `${c.name} ${c.type}`)).toEqual(
      dataset.columns.map((c) => `${c.name} ${DUCKDB_NAMES[c.sqlType] ?? c.sqlType}`),
    );
  });

  it('has no model that nothing reaches', async () => {
    const folder = new URL('../../models/', import.meta.url);
    const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.ts'));
    const views = projectDefinition.pipelines.flatMap((p) => p.views);
    const reached = new Set<unknown>([...datasets.values(), ...views, ...(projectDefinition.retrainings ?? [])]);
    const found = new Set<unknown>();
    for (const file of files) {
      const values = Object.values(await import(new URL(file, folder).href)).flat();
      const definitions = values.filter((value) => isDefinition(value));
      for (const definition of definitions) found.add(definition);
      expect(
        definitions.filter((definition) => !reached.has(definition)),
        file,
      ).toEqual([]);
    }
    expect(found.size).toBe(reached.size);
  });

  it.each(derived)('$name has checks', ({ checks }) => {
    expect(checks.length).toBeGreaterThan(0);
  });

  it('keeps its fraud model fit: drift is looked for after every night, payments are scored every hour', () => {
    const [fraud, ...others] = projectDefinition.retrainings ?? [];
    expect(others).toEqual([]);
    expect(fraud).toMatchObject({
      model: 'payment_fraud',
      after: 'daily_oltp_to_olap',
      schedule: undefined,
      notify: 'fraud',
      threshold: { by: 'cost', amount: 'amount_eur' },
      scoring: { collection: 'transaction', schedule: { cron: '5 * * * *', timezone: 'UTC' } },
    });
    const nightly = projectDefinition.pipelines.find(({ name }) => name === fraud!.after);
    expect(nightly?.datasets).toEqual(expect.arrayContaining([fraud!.features, fraud!.labels.dataset]));
  });

  it('has no SQL file that nothing uses', async () => {
    const folder = new URL('../../warehouse-sql/', import.meta.url);
    const files = (await readdir(folder, { recursive: true }))
      .filter((f) => f.endsWith('.sql') && !f.startsWith('queries/'))
      .sort();
    const views = projectDefinition.pipelines.flatMap((p) => p.views);
    expect(files).toEqual([...derived, ...views].map(({ sql }) => sql).sort());
  });
});
