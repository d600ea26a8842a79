import type { Db } from 'mongodb';
import type pg from 'pg';
import { oracleReviews, oracleSessions } from './documents.oracle.ts';
import { day, eur } from './payments.oracle.ts';
import { textRows } from './text-query.ts';

type Row = Record<string, string | null>;

/** Tables of the lake that PostgreSQL's rows alone decide, as SQL with the columns they should have. */
const FROM_POSTGRES: Readonly<Record<string, string>> = {
  'silver.payment': `
    select t.id as payment_id, t.status, t.status in ('succeeded', 'refunded', 'disputed') as is_captured, t.merchant_id, t.customer_id,
      t.amount, t.currency, ${eur('t.amount', 't.currency', day('t.event_time'))} as amount_eur, t.payment_method, t.device_type,
      t.billing_street, t.billing_city, t.billing_postal_code, t.billing_country, t.ip_address, t.location_city, t.location_country,
      t.event_time, ${day('t.event_time')} as event_date, t.created_at, t.updated_at
    from transaction t`,
  'silver.refund': `
    select r.id as refund_id, r.transaction_id as payment_id, r.transaction_event_time as payment_event_time, t.merchant_id, r.amount,
      r.currency, ${eur('r.amount', 'r.currency', day('r.created_at'))} as amount_eur, r.reason, r.created_at,
      ${day('r.created_at')} as refund_date, r.updated_at
    from refund r join transaction t on t.id = r.transaction_id`,
  'silver.payment_state_change': `
    select id as change_id, transaction_id as payment_id, from_status, to_status, reason, updated_by as changed_by, updated_at as changed_at
    from transaction_state_change`,
  'silver.customer': `
    select id as customer_id, user_name, email, full_name, segment, country, created_at, updated_at from customer`,
  'silver.merchant': `select id as merchant_id, name, industry, size, country, created_at, updated_at from merchant`,
  'silver.exchange_rate': `select currency, rate_date, rate_to_eur, updated_at from exchange_rate`,
  'silver.country': `select code as country_code, name, region, currency, updated_at from country`,
};

/** Table -> its rows as the sources say they should be now, every value as text. */
export async function oracleSilver(client: pg.Client, db: Db): Promise<Record<string, Row[]>> {
  const tables: Record<string, Row[]> = {};
  for (const [table, sql] of Object.entries(FROM_POSTGRES)) tables[table] = await textRows(client, sql);
  tables['silver.review'] = await reviews(db);
  tables['silver.session'] = await sessions(db);
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

const asText = (row: Readonly<Record<string, string | number | boolean | null>>): Row =>
  Object.fromEntries(Object.entries(row).map(([column, value]) => [column, value === null ? null : String(value)]));
