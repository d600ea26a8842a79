import type { Db } from 'mongodb';
import type pg from 'pg';
import { oracleReviews, oracleSessions } from './documents.oracle.ts';
import { oracleScores } from './score.oracle.ts';
import { oracleServerLogs } from './server-log.oracle.ts';
import { day, eur, PAYMENTS, REFUNDS } from './source-sql.ts';
import { textRows } from './text-query.ts';

type Row = Record<string, string | null>;

/** Tables of the lake that PostgreSQL's rows alone decide, as SQL with the columns they should have. */
const FROM_POSTGRES: Readonly<Record<string, string>> = {
  'silver.payment': `
    select id as payment_id, status, captured as is_captured, merchant_id, customer_id, amount, currency, amount_eur, tax_country,
      tax_rate, tax as tax_amount, tax_eur as tax_amount_eur, is_holiday, payment_method, device_type, billing_street, billing_city,
      billing_postal_code, billing_country, ip_address, location_city, location_country, card_token, card_country, subscription_id,
      event_time, day as event_date, created_at, updated_at
    from (${PAYMENTS}) p`,
  'silver.refund': `
    select id as refund_id, transaction_id as payment_id, transaction_event_time as payment_event_time, merchant_id, location_city,
      location_country, amount, currency, amount_eur, tax as tax_amount, tax_eur as tax_amount_eur, reason, created_at,
      day as refund_date, updated_at
    from (${REFUNDS}) r`,
  'silver.order_line': `
    select transaction_id as payment_id, line_no, transaction_event_time as payment_event_time,
      ${day('transaction_event_time')} as payment_date, product_id, quantity, unit_price, amount, currency,
      ${eur('l.amount', 'l.currency', day('transaction_event_time'))} as amount_eur, updated_at
    from order_line l`,
  'silver.dispute': `
    select id as dispute_id, transaction_id as payment_id, transaction_event_time as payment_event_time,
      ${day('transaction_event_time')} as payment_date, amount, currency,
      ${eur('d.amount', 'd.currency', day('transaction_event_time'))} as amount_eur, reason, reason = 'fraudulent' as is_fraud, status,
      created_at, closed_at, updated_at
    from dispute d`,
  'silver.subscription': `
    select id as subscription_id, customer_id, merchant_id, product_id, plan, amount, currency, billing_interval,
      (amount * case billing_interval when 'week' then 52 when 'month' then 12 when 'year' then 1 end)::numeric(28,2) as yearly_amount,
      status, started_at, cancelled_at, updated_at
    from subscription`,
  'silver.product': `
    select id as product_id, merchant_id, name, category_id, price, currency, is_active, created_at, updated_at from product`,
  'silver.product_category': 'select id as category_id, name, updated_at from product_category',
  'silver.city': 'select country, name as city, timezone, updated_at from city',
  'silver.tax_rate': 'select country, kind, valid_from, rate from tax_rate',
  'silver.public_holiday': 'select country, holiday_date, name from public_holiday',
  'silver.fee_schedule': `
    select payment_method, merchant_size, valid_from, percent as share, fixed_eur, updated_at from fee_schedule`,
  'silver.payment_state_change': `
    select id as change_id, transaction_id as payment_id, from_status, to_status, reason, updated_by as changed_by, updated_at as changed_at
    from transaction_state_change`,
  'silver.customer': `
    select id as customer_id, user_name, email, full_name, segment, country, city, created_at, updated_at from customer`,
  'silver.merchant': `select id as merchant_id, name, industry, size, country, city, created_at, updated_at from merchant`,
  'silver.exchange_rate': `select currency, rate_date, rate_to_eur, updated_at from exchange_rate`,
  'silver.gateway_event': `
    select transaction_id as payment_id, gateway, event_type, response_code, latency_ms, message, occurred_at, updated_at as told_at,
      count(*) as times_told
    from gateway_event group by 1, 2, 3, 4, 5, 6, 7, 8`,
  'silver.country': `select code as country_code, name, region, currency, updated_at from country`,
};

/** Table -> its rows as the sources say they should be now, every value as text. */
export async function oracleSilver(client: pg.Client, db: Db): Promise<Record<string, Row[]>> {
  const tables: Record<string, Row[]> = {};
  for (const [table, sql] of Object.entries(FROM_POSTGRES)) tables[table] = await textRows(client, sql);
  tables['silver.review'] = await reviews(db);
  tables['silver.session'] = await sessions(db);
  tables['silver.scored_payment'] = await scores(db);
  const logs = (await oracleServerLogs(db)).rows;
  tables['silver.server_session'] = logs.map(({ session }) => session);
  tables['silver.server_log_line'] = logs.flatMap(({ lines }) => lines);
  return tables;
}

/** Dates of documents have milliseconds. */
const micros = (iso: string): string => `${iso.slice(0, -1)}000Z`;
const precedence = (iso: string, id: string): string => `${micros(iso).slice(0, -1)} ${id}`;

async function reviews(db: Db): Promise<Row[]> {
  const { rows } = await oracleReviews(db);
  return rows.map(({ transaction_id, rating, reviewed_at, updated_at, ...row }) => ({
    ...row,
    payment_id: transaction_id,
    rating: String(rating),
    reviewed_at: micros(reviewed_at),
    precedence: precedence(reviewed_at, row.document_id),
    updated_at: micros(updated_at),
  }));
}

async function sessions(db: Db): Promise<Row[]> {
  const { rows } = await oracleSessions(db);
  return rows.map(({ session_start, updated_at, ...row }) => ({
    ...asText(row),
    session_start: micros(session_start),
    precedence: precedence(updated_at, row.document_id),
    updated_at: micros(updated_at),
  }));
}

async function scores(db: Db): Promise<Row[]> {
  const { rows } = await oracleScores(db);
  return rows.map(({ is_fraud, updated_at, ...row }) => ({
    ...row,
    is_fraud: is_fraud === null ? null : String(is_fraud),
    precedence: precedence(updated_at, row.document_id),
    updated_at: micros(updated_at),
  }));
}

const asText = (row: Readonly<Record<string, string | number | boolean | null>>): Row =>
  Object.fromEntries(Object.entries(row).map(([column, value]) => [column, value === null ? null : String(value)]));
