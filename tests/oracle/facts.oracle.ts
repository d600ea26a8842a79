import type { Db } from 'mongodb';
import type pg from 'pg';
import { oracleReviews, oracleSessions } from './documents.oracle.ts';
import { dateKey, PAYMENTS, REFUNDS, surrogate } from './source-sql.ts';
import { surrogateKey } from './surrogate-key.ts';
import { textRows } from './text-query.ts';

type Row = Record<string, string | null>;

const place = (of: string) => surrogate(`${of}.location_country || '|' || ${of}.location_city`);
/** Of the version that held at the time; see {@link knowVersions}. */
const versionOf = (party: 'customer' | 'merchant', column: string, of: string, at: string) => `(
    select v.${column} from oracle_${party} v where v.id = ${of}.${party}_id::text and v.valid_from <= ${of}.${at}
    order by v.valid_from desc limit 1)`;
const customerKey = (of: string, at: string) => versionOf('customer', 'key', of, at);
const merchantKey = (of: string, at: string) => versionOf('merchant', 'key', of, at);

const KEYED_PAYMENT = `
  select p.id as payment_id, p.day as event_date, ${dateKey('p.day')} as event_date_key,
    ${dateKey("p.created_at at time zone 'UTC'")} as created_date_key,
    p.customer_id, ${customerKey('p', 'event_time')} as customer_key, p.merchant_id, ${merchantKey('p', 'event_time')} as merchant_key,
    ${versionOf('merchant', 'size', 'p', 'event_time')} as merchant_size,
    ${surrogate('p.billing_country')} as billing_country_key, ${surrogate('p.location_country')} as location_country_key,
    ${place('p')} as location_key, p.status, p.captured as is_captured, p.payment_method,
    ${surrogate('p.payment_method')} as payment_method_key, coalesce(p.device_type, 'unknown') as device_type,
    ${surrogate('p.device_type')} as device_key, p.currency, ${surrogate('p.currency')} as currency_key, p.amount, p.amount_eur,
    p.tax_rate, p.tax as tax_amount, p.tax_eur as tax_amount_eur,
    exists (select from dispute d where d.transaction_id = p.id) as is_disputed,
    exists (select from dispute d where d.transaction_id = p.id and d.reason = 'fraudulent') as is_fraud,
    (select min(d.created_at) from dispute d where d.transaction_id = p.id and d.reason = 'fraudulent') as fraud_known_at,
    p.is_holiday, p.subscription_id is not null as is_subscription, p.event_time, p.updated_at
  from (${PAYMENTS}) p`;

const FACT_PAYMENT = `
  select k.*, case when not k.is_captured then 0::numeric(28,2) else (
      select round(k.amount_eur * f.percent, 2) + f.fixed_eur from fee_schedule f
      where f.payment_method = k.payment_method and f.merchant_size = k.merchant_size and f.valid_from <= k.event_date
      order by f.valid_from desc limit 1) end as fee_eur
  from (${KEYED_PAYMENT}) k`;

const FACT_REFUND = `
  select r.id as refund_id, r.day as refund_date, ${dateKey('r.day')} as refund_date_key, r.transaction_id as payment_id,
    r.merchant_id, ${merchantKey('r', 'created_at')} as merchant_key, ${place('r')} as location_key, r.currency,
    ${surrogate('r.currency')} as currency_key, r.amount, r.amount_eur, r.tax as tax_amount, r.tax_eur as tax_amount_eur, r.created_at
  from (${REFUNDS}) r`;

const money = (sum: string) => `coalesce(${sum}, 0)::numeric(38,2)`;
const count = (of: string) => `count(*) filter (where ${of})`;

/** Captured payments and refunds, each kind counted for itself, by day, merchant, currency and whatever else is asked for. */
const revenueBy = (more: string) => `
  select revenue_date, ${dateKey('revenue_date')} as revenue_date_key, merchant_id, merchant_key, ${more} currency,
    ${count('paid')} as payment_count, ${money('sum(amount) filter (where paid)')} as gross,
    ${money('sum(amount_eur) filter (where paid)')} as gross_eur,
    ${count('not paid')} as refund_count, ${money('sum(amount) filter (where not paid)')} as refunds,
    ${money('sum(amount_eur) filter (where not paid)')} as refunds_eur,
    ${money('sum(case when paid then amount else -amount end)')} as net,
    ${money('sum(case when paid then amount_eur else -amount_eur end)')} as net_eur,
    ${money('sum(case when paid then tax_amount else -tax_amount end)')} as tax,
    ${money('sum(case when paid then tax_amount_eur else -tax_amount_eur end)')} as tax_eur,
    ${money('sum(fee_eur)')} as fees_eur,
    ${count('amount_eur is null')} as unconverted_count, ${count('tax_amount is null')} as untaxed_count
  from (
    select true as paid, event_date as revenue_date, merchant_id, merchant_key, location_key, currency, currency_key, amount,
      amount_eur, tax_amount, tax_amount_eur, fee_eur
    from oracle_fact_payment captured where is_captured
    union all
    select false, refund_date, merchant_id, merchant_key, location_key, currency, currency_key, amount, amount_eur, tax_amount,
      tax_amount_eur, 0
    from oracle_fact_refund refunded
  ) movement
  group by revenue_date, merchant_id, merchant_key, ${more} currency`;

const FRAUD_ANALYSIS = `
  select event_date, event_date_key, customer_key, merchant_key, location_key, payment_method, payment_method_key,
    count(*) as payment_count, ${money('sum(amount_eur)')} as amount_eur, ${count('is_fraud')} as fraud_count,
    ${money('sum(amount_eur) filter (where is_fraud)')} as fraud_amount_eur
  from oracle_fact_payment p where is_captured group by 1, 2, 3, 4, 5, 6, 7`;

const CUSTOMER_SEGMENTATION = `
  select event_date, event_date_key, customer_id, customer_key, location_key, count(*) as transaction_count,
    ${money('sum(amount_eur)')} as total_spent_eur
  from oracle_fact_payment p where is_captured group by 1, 2, 3, 4, 5`;

const MONTHLY_FRAUD = `
  select date_trunc('month', event_date)::date as month_start, ${dateKey("date_trunc('month', event_date)")} as month_start_date_key,
    location_country_key, payment_method, payment_method_key, count(*) as payment_count, ${money('sum(amount_eur)')} as amount_eur,
    ${count('is_disputed')} as disputed_count, ${count('is_fraud')} as fraud_count,
    ${money('sum(amount_eur) filter (where is_fraud)')} as fraud_amount_eur,
    count(distinct customer_id) filter (where is_fraud) as defrauded_customer_count,
    count(distinct merchant_id) filter (where is_fraud) as defrauded_merchant_count,
    round(${count('is_fraud')}::numeric / count(*), 6) as fraud_share
  from oracle_fact_payment p where is_captured group by 1, 2, 3, 4, 5`;

const PRODUCT_PERFORMANCE = `
  select month_start, ${dateKey('month_start')} as month_start_date_key, product_id, ${surrogate('product_id::text')} as product_key,
    count(distinct payment_id) as order_count, sum(quantity) as quantity, ${money('sum(amount_eur)')} as gross_eur,
    count(distinct customer_id) as customer_count,
    count(distinct payment_id) filter (where status = 'refunded') as refunded_order_count,
    count(distinct payment_id) filter (where status = 'disputed') as disputed_order_count,
    ${count('amount_eur is null')} as unconverted_count
  from (
    select date_trunc('month', p.event_date)::date as month_start, l.product_id, p.payment_id, p.customer_id, p.status, l.quantity,
      case when l.currency = 'EUR' then l.amount else round(l.amount * (
        select x.rate_to_eur from exchange_rate x where x.currency = l.currency and x.rate_date <= p.event_date
        order by x.rate_date desc limit 1), 2) end as amount_eur
    from order_line l join oracle_fact_payment p on p.payment_id = l.transaction_id
    where p.is_captured
  ) sold
  group by month_start, product_id`;

const FROM_POSTGRES: Readonly<Record<string, string>> = {
  'gold.fact_payment': 'select * from oracle_fact_payment',
  'gold.fact_refund': 'select * from oracle_fact_refund',
  'gold.fact_revenue': revenueBy('location_key, currency_key,'),
  'gold.daily_revenue_by_merchant': revenueBy(''),
  'gold.fact_fraud_analysis': FRAUD_ANALYSIS,
  'gold.fact_customer_segmentation': CUSTOMER_SEGMENTATION,
  'gold.monthly_fraud_statistics': MONTHLY_FRAUD,
  'gold.product_performance_metrics': PRODUCT_PERFORMANCE,
};

export interface Versions {
  /** Rows of dim_customer and dim_merchant, as an oracle of their own makes them. */
  readonly customers: readonly Row[];
  readonly merchants: readonly Row[];
}

/** Facts and pre-aggregates -> their rows as the sources say they should be now, every value as text, keys included. */
export async function oracleFacts(client: pg.Client, db: Db, versions: Versions): Promise<Record<string, Row[]>> {
  await knowVersions(client, versions);
  for (const [name, sql] of Object.entries({ oracle_fact_payment: FACT_PAYMENT, oracle_fact_refund: FACT_REFUND })) {
    await client.query(`drop table if exists pg_temp.${name}`);
    await client.query(`create temp table ${name} as ${sql}`);
  }
  const tables: Record<string, Row[]> = {};
  for (const [table, sql] of Object.entries(FROM_POSTGRES)) tables[table] = await textRows(client, sql);
  tables['gold.fact_session'] = await sessions(db);
  tables['gold.fact_review'] = await reviews(db, versions);
  return tables;
}

/** The sources hold the newest state only: what was before comes from whoever saw it. */
async function knowVersions(client: pg.Client, { customers, merchants }: Versions): Promise<void> {
  for (const [party, rows] of Object.entries({ customer: customers, merchant: merchants })) {
    await client.query(`drop table if exists pg_temp.oracle_${party}`);
    await client.query(
      `create temp table oracle_${party} (id text, valid_from timestamptz, key bigint, size text, primary key (id, valid_from))`,
    );
    await client.query(
      `insert into oracle_${party} select ${party}_id, valid_from, ${party}_key, size
       from json_to_recordset($1) as v(${party}_id text, valid_from timestamptz, ${party}_key bigint, size text)
       where ${party}_id is not null`,
      [JSON.stringify(rows)],
    );
  }
}

async function reviews(db: Db, { customers, merchants }: Versions): Promise<Row[]> {
  const { rows } = await oracleReviews(db);
  const customerOf = keyAt(customers, 'customer');
  const merchantOf = keyAt(merchants, 'merchant');
  return rows.map(({ transaction_id, customer_id, merchant_id, rating, message, reviewed_at }) => {
    const at = `${reviewed_at.slice(0, -1)}000Z`;
    return {
      ...{ payment_id: transaction_id, customer_id, merchant_id, rating: String(rating), reviewed_at: at },
      review_date: at.slice(0, 10),
      review_date_key: at.slice(0, 10).replaceAll('-', ''),
      customer_key: customerOf(customer_id, at),
      merchant_key: merchant_id === null ? '-1' : merchantOf(merchant_id, at),
      has_message: String(message !== null && message.trim() !== ''),
    };
  });
}

/** Times of one form compare as text. */
function keyAt(rows: readonly Row[], party: string): (id: string, at: string) => string {
  const byId = new Map<string | null, Row[]>();
  for (const row of rows) byId.set(row[`${party}_id`]!, [...(byId.get(row[`${party}_id`]!) ?? []), row]);
  return (id, at) => {
    const held = (byId.get(id) ?? []).filter(({ valid_from }) => valid_from! <= at);
    return held.reduce((a, b) => (a.valid_from! > b.valid_from! ? a : b))[`${party}_key`]!;
  };
}

async function sessions(db: Db): Promise<Row[]> {
  const { rows } = await oracleSessions(db);
  return rows.map(({ document_id: _id, updated_at: _at, ip_address: _ip, ...session }) => {
    const { session_start, country, city, device_type, os, browser, is_active, duration_seconds, ...rest } = session;
    const counts = {
      event_count: String(rest.event_count),
      page_view_count: String(rest.page_view_count),
      click_count: String(rest.click_count),
      form_submit_count: String(rest.form_submit_count),
    };
    return {
      ...{ ...rest, ...counts },
      session_date: session_start.slice(0, 10),
      session_date_key: session_start.slice(0, 10).replaceAll('-', ''),
      location_key: surrogateKey(country === null || city === null ? null : `${country}|${city}`),
      device_key: surrogateKey(device_type),
      device_type: device_type ?? 'unknown',
      os: os ?? 'unknown',
      browser: browser ?? 'unknown',
      started_at: `${session_start.slice(0, -1)}000Z`,
      duration_seconds: duration_seconds === null ? null : String(duration_seconds),
      is_active: is_active === null ? null : String(is_active),
      is_bounce: String(rest.event_count < 2),
    };
  });
}
