import { afterAll, beforeAll, expect, it } from 'vitest';
import projectDefinition from '../../config/project.ts';
import type { DerivedDataset } from '../../core/dataset.ts';
import { datasetsOf } from '../../core/graph.ts';
import { migrateOltp } from '../../demo/oltp/migrate.ts';
import { openSources, type SourceDatabase, type Sources } from '../demo/sources.fixture.ts';
import { expectSameRows, type TextRow } from '../e2e/text-rows.ts';
import { companyTables } from '../models/company.duckdb.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { oracleGold } from './gold.oracle.ts';
import { oracleSegmentation } from './segmentation.oracle.ts';
import { oracleSilver } from './silver.oracle.ts';
import { VersionLog } from './version-log.ts';

const ID = (n: number) => `00000000-0000-4000-8000-0000000000${String(n).padStart(2, '0')}`;
const LAUNCH = '2026-11-01T00:00:00Z';
const HASH = `$2a$04$${'x'.repeat(53)}`;
const [MERCHANT, CUSTOMER, PRODUCT, OTHER] = [ID(1), ID(2), ID(3), ID(4)];

// Every figure expected here was worked out by hand; the oracle must come to it, and so must the SQL of the models.
await describeWith(['postgres', 'mongodb'], 'facts of a handful of payments', (addresses) => {
  let sources: Sources;
  let database: SourceDatabase;
  let oracle: Record<string, TextRow[]>;

  beforeAll(async () => {
    sources = await openSources(addresses);
    database = await sources.database();
    const { client, db } = database;
    await migrateOltp(client);
    const log = new VersionLog();
    await client.query(`
      insert into currency values ('EUR', 2, '${LAUNCH}'), ('USD', 2, '${LAUNCH}'), ('KWD', 3, '${LAUNCH}');
      insert into country values ('FR', 'France', 'Europe', 'EUR', '${LAUNCH}'), ('US', 'United States', 'Americas', 'USD', '${LAUNCH}');
      insert into city values (1, 'Lyon', 'FR', 'Europe/Paris', '${LAUNCH}');
      insert into exchange_rate values ('USD', '2026-10-30', 0.92500000, '${LAUNCH}');
      insert into payment_status values ('succeeded', true, '${LAUNCH}'), ('disputed', true, '${LAUNCH}'), ('failed', false, '${LAUNCH}');
      insert into payment_method values ('Credit Card', '${LAUNCH}'), ('Bank Transfer', '${LAUNCH}');
      insert into tax_rate values ('FR', 'standard', 0.2000, '2020-01-01'), ('FR', 'reduced', 0.0550, '2020-01-01'), ('FR', 'standard', 0.2100, '2026-11-05');
      insert into public_holiday values ('FR', '2026-11-01', 'Toussaint');
      insert into fee_schedule values
        ('Credit Card', 'Small', 0.0290, 0.25, '2020-01-01', '${LAUNCH}'), ('Credit Card', 'Large', 0.0100, 0.10, '2020-01-01', '${LAUNCH}'),
        ('Credit Card', 'Small', 0.0200, 0.25, '2026-11-06', '${LAUNCH}');
      insert into product_category values (1, 'Books', '${LAUNCH}');
      insert into merchant values ('${MERCHANT}', 'One', 'Retail', 'Small', 'FR', '${LAUNCH}', '${LAUNCH}');
      insert into product values ('${PRODUCT}', '${MERCHANT}', 'Book', 1, 10, 'USD', true, '${LAUNCH}', '${LAUNCH}'),
        ('${OTHER}', '${MERCHANT}', 'Other book', 1, 10, 'USD', true, '${LAUNCH}', '${LAUNCH}');
      insert into customer values ('${CUSTOMER}', 'ann', '${HASH}', '', 'Ann', 'Standard', null, '${LAUNCH}', '${LAUNCH}');
      select ensure_transaction_month('2026-11-01')`);
    await log.observe(client);
    // Grows to Large at noon of the third.
    await client.query(`update merchant set size = 'Large', updated_at = '2026-11-03T12:00:00Z'`);
    const pay = (id: number, time: string, amount: string, currency: string, more: Record<string, string> = {}) => {
      const row = {
        ...{ id: ID(id), status: 'succeeded', merchant_id: MERCHANT, customer_id: CUSTOMER, amount, currency },
        ...{ payment_method: 'Credit Card', event_time: time, created_at: time, updated_at: time, ...more },
      };
      const marks = Object.keys(row).map((_, i) => `$${i + 1}`);
      return client.query(`insert into transaction (${Object.keys(row)}) values (${marks})`, Object.values(row));
    };
    const lyon = { location_country: 'FR', location_city: 'Lyon' };
    // 60.00 with 20 %: 10.00 of tax. 55.50 euros, 2.9 % of them is 1.6095.
    await pay(10, '2026-11-01T12:00:00Z', '60.00', 'USD', { ...lyon, status: 'disputed' });
    // Billed where nobody knows a rate. 1 % of 100.00, and 10 cents.
    await pay(11, '2026-11-03T12:00:00Z', '100.00', 'EUR', { ...lyon, billing_country: 'US' });
    // 21 % since the fifth: 121.00 holds 21.00.
    await pay(12, '2026-11-05T00:00:00Z', '121.00', 'EUR', lyon);
    await pay(13, '2026-11-05T10:00:00Z', '7.00', 'EUR', { status: 'failed', location_country: 'FR' });
    await pay(14, '2026-11-05T10:00:00Z', '5.00', 'KWD', { payment_method: 'Bank Transfer' });
    await client.query(`
      insert into dispute values
        ('${ID(20)}', '${ID(10)}', '2026-11-01T12:00:00Z', 60, 'USD', 'other', 'won', '2026-11-02T00:00:00Z', '2026-11-09T00:00:00Z', '2026-11-09T00:00:00Z'),
        ('${ID(21)}', '${ID(10)}', '2026-11-01T12:00:00Z', 60, 'USD', 'fraudulent', 'open', '2026-11-11T00:00:00Z', null, '2026-11-11T00:00:00Z'),
        ('${ID(22)}', '${ID(12)}', '2026-11-05T00:00:00Z', 121, 'EUR', 'duplicate', 'open', '2026-11-12T00:00:00Z', null, '2026-11-12T00:00:00Z');
      insert into refund values
        ('${ID(30)}', '${ID(10)}', '2026-11-01T12:00:00Z', 6.00, 'USD', null, '2026-11-06T10:00:00Z', '2026-11-06T10:00:00Z');
      insert into order_line values
        ('${ID(10)}', '2026-11-01T12:00:00Z', 1, '${PRODUCT}', 2, 15, 30, 'USD', '${LAUNCH}'),
        ('${ID(10)}', '2026-11-01T12:00:00Z', 2, '${PRODUCT}', 1, 30, 30, 'USD', '${LAUNCH}'),
        ('${ID(12)}', '2026-11-05T00:00:00Z', 1, '${PRODUCT}', 1, 121, 121, 'EUR', '${LAUNCH}'),
        ('${ID(13)}', '2026-11-05T10:00:00Z', 1, '${OTHER}', 1, 7, 7, 'EUR', '${LAUNCH}'),
        ('${ID(14)}', '2026-11-05T10:00:00Z', 1, '${OTHER}', 5, 1, 5, 'KWD', '${LAUNCH}');
      insert into subscription values
        ('${ID(40)}', '${CUSTOMER}', '${MERCHANT}', '${PRODUCT}', 'pro', 9.99, 'EUR', 'week', 'active', '${LAUNCH}', null, '${LAUNCH}')`);
    oracle = {
      ...(await oracleSilver(client, db)),
      ...(await oracleGold(client, db, log)),
      'gold.customer_segmentation_summary': await oracleSegmentation(client),
    };
  }, MINUTES);
  afterAll(() => sources?.close());

  const table = (name: string, ...columns: string[]) =>
    oracle[name]!.map((row) =>
      columns.map((column) => row[column]?.replace('00000000-0000-4000-8000-0000000000', '') ?? null),
    );

  it('tax is where the customer is billed, fees are by the size of the day, fraud is known since its dispute', () => {
    const money = ['amount_eur', 'tax_amount', 'tax_amount_eur', 'merchant_size', 'fee_eur', 'is_holiday'];
    expect(table('gold.fact_payment', 'payment_id', ...money).sort()).toEqual([
      ['10', '55.50', '10.00', '9.25', 'Small', '1.86', 'true'],
      ['11', '100.00', null, null, 'Large', '1.10', 'false'],
      ['12', '121.00', '21.00', '21.00', 'Large', '1.31', 'false'],
      ['13', '7.00', '1.21', '1.21', 'Large', '0.00', 'false'],
      ['14', null, null, null, 'Large', null, 'false'],
    ]);
    expect(table('gold.fact_payment', 'payment_id', 'is_disputed', 'is_fraud', 'fraud_known_at').sort()).toEqual([
      ['10', 'true', 'true', '2026-11-11T00:00:00.000000Z'],
      ['11', 'false', 'false', null],
      ['12', 'true', 'false', null],
      ['13', 'false', 'false', null],
      ['14', 'false', 'false', null],
    ]);
    const keys = new Set(table('gold.fact_payment', 'merchant_key').flat());
    expect(keys.size, 'before and after it grew').toBe(2);
  });

  it('revenue has the tax of what was sold less the tax of what was given back', () => {
    const sums = [
      'gross_eur',
      'refunds_eur',
      'net_eur',
      'tax',
      'tax_eur',
      'fees_eur',
      'unconverted_count',
      'untaxed_count',
    ];
    expect(table('gold.daily_revenue_by_merchant', 'revenue_date', 'currency', ...sums).sort()).toEqual([
      ['2026-11-01', 'USD', '55.50', '0.00', '55.50', '10.00', '9.25', '1.86', '0', '0'],
      ['2026-11-03', 'EUR', '100.00', '0.00', '100.00', '0.00', '0.00', '1.10', '0', '1'],
      ['2026-11-05', 'EUR', '121.00', '0.00', '121.00', '21.00', '21.00', '1.31', '0', '0'],
      ['2026-11-05', 'KWD', '0.00', '0.00', '0.00', '0.00', '0.00', '0.00', '1', '1'],
      // 6.00 holds 1.00 at the rate of its payment, 0.925 euros.
      ['2026-11-06', 'USD', '0.00', '5.55', '-5.55', '-1.00', '-0.93', '0.00', '0', '0'],
    ]);
  });

  it('products count orders, pieces and customers once', () => {
    const counts = [
      'order_count',
      'quantity',
      'gross_eur',
      'customer_count',
      'disputed_order_count',
      'unconverted_count',
    ];
    expect(table('gold.product_performance_metrics', 'month_start', 'product_id', ...counts).sort()).toEqual([
      ['2026-11-01', '03', '2', '4', '176.50', '1', '1', '0'],
      ['2026-11-01', '04', '1', '5', '0.00', '1', '0', '1'],
    ]);
    expect(table('silver.subscription', 'yearly_amount')).toEqual([['519.48']]);
  });

  it('fraud of the month', () => {
    const counts = ['payment_count', 'disputed_count', 'fraud_count', 'fraud_amount_eur', 'fraud_share'];
    expect(table('gold.monthly_fraud_statistics', 'payment_method', ...counts).sort()).toEqual([
      ['Bank Transfer', '1', '0', '0', '0.00', '0.000000'],
      ['Credit Card', '3', '2', '1', '55.50', '0.333333'],
    ]);
  });

  it('the SQL of the models comes to the same, where no history is needed', async () => {
    const { client, db } = database;
    const datasets = datasetsOf(projectDefinition);
    await using tables = await companyTables(datasets, client, db);
    const now: Record<string, TextRow[]> = {
      ...(await oracleSilver(client, db)),
      ...(await oracleGold(client, db)),
      'gold.customer_segmentation_summary': await oracleSegmentation(client),
    };
    const derived = datasets.filter((d): d is DerivedDataset => d.kind === 'derived' && d.name in now);
    expect(derived.length).toBeGreaterThan(30);
    for (const dataset of derived) expectSameRows(dataset.name, await tables.rows(dataset), now[dataset.name]!);
  });
});
