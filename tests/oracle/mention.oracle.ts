import type { Db } from 'mongodb';
import type pg from 'pg';
import { oracleReviews, oracleSessions } from './documents.oracle.ts';
import { textRows } from './text-query.ts';

type Row = Record<string, string | null>;

/** silver.mention: each thing once for each day on which a payment or a session mentions it. */
export async function oracleMentions(client: pg.Client, db: Db): Promise<Row[]> {
  const payments = await textRows(
    client,
    `select distinct (event_time at time zone 'UTC')::date as day, location_country, location_city, billing_country,
       currency, payment_method, device_type
     from transaction`,
  );
  const { rows: sessions } = await oracleSessions(db);
  const found = new Map<string, Row>();
  const add = (day: string, kind: string, natural_key: string | null, country: string | null, city: string | null) => {
    if (natural_key === null) return;
    found.set(`${day} ${kind} ${natural_key}`, { mention_date: day, kind, natural_key, country, city });
  };
  const addPlace = (day: string, country: string | null, city: string | null) => {
    add(day, 'country', country, null, null);
    if (country !== null && city !== null) add(day, 'location', `${country}|${city}`, country, city);
  };
  for (const { day, ...payment } of payments) {
    addPlace(day!, payment.location_country!, payment.location_city!);
    addPlace(day!, payment.billing_country!, null);
    add(day!, 'currency', payment.currency!, null, null);
    add(day!, 'payment_method', payment.payment_method!, null, null);
    add(day!, 'device', payment.device_type!, null, null);
  }
  for (const { session_start, country, city, device_type } of sessions) {
    addPlace(session_start.slice(0, 10), country, city);
    add(session_start.slice(0, 10), 'device', device_type, null, null);
  }
  return [...found.values()];
}

/** Customers or merchants that payments, subscriptions, reviews and, of merchants, products name. */
export async function namedParties(
  client: pg.Client,
  db: Db,
  column: 'customer_id' | 'merchant_id',
): Promise<string[]> {
  const tables = ['transaction', 'subscription', ...(column === 'merchant_id' ? ['product'] : [])];
  const named = await textRows(client, tables.map((table) => `select ${column} as id from ${table}`).join(' union '));
  const { rows: reviews } = await oracleReviews(db);
  return [...named.map(({ id }) => id!), ...reviews.flatMap((review) => review[column] ?? [])];
}
