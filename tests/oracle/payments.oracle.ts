import type pg from 'pg';
import { day, eur } from './source-sql.ts';

/** A payment in its latest state; amounts are exact decimal text, times ISO 8601 in UTC with microseconds. */
export interface OraclePayment {
  payment_id: string;
  event_date: string;
  event_time: string;
  created_at: string;
  updated_at: string;
  customer_id: string;
  merchant_id: string;
  /** null: no row of the merchant, or a row without a country. */
  merchant_country: string | null;
  currency: string;
  amount: string;
  /** null: no rate on or before the event date. */
  amount_eur: string | null;
  status: string;
  device_type: string | null;
  payment_method: string;
  billing_country: string | null;
  location_country: string | null;
}

export interface OracleRevenue {
  day: string;
  merchant_id: string;
  currency: string;
  payment_count: number;
  gross: string;
  gross_eur: string;
  refund_count: number;
  refunds: string;
  refunds_eur: string;
  net: string;
  net_eur: string;
  unconverted_count: number;
}

const instant = (time: string) => `to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Every payment of the source as it stands now, by id. */
export async function oraclePayments(client: pg.Client): Promise<OraclePayment[]> {
  const { rows } = await client.query<OraclePayment>(`
    select t.id::text as payment_id, ${day('t.event_time')}::text as event_date, ${instant('t.event_time')} as event_time,
      ${instant('t.created_at')} as created_at, ${instant('t.updated_at')} as updated_at,
      t.customer_id::text, t.merchant_id::text, m.country as merchant_country, t.currency, t.amount::text,
      (${eur('t.amount', 't.currency', day('t.event_time'))})::text as amount_eur, t.status, t.device_type, t.payment_method,
      t.billing_country, t.location_country
    from transaction t left join merchant m on m.id = t.merchant_id
    order by t.id`);
  return rows;
}

/** Revenue by UTC day, merchant and currency as it stands now, in that order. */
export async function oracleRevenue(client: pg.Client): Promise<OracleRevenue[]> {
  const { rows } = await client.query<OracleRevenue>(`
    with payment as (
      select ${day('t.event_time')} as day, t.merchant_id, t.currency, t.amount,
        ${eur('t.amount', 't.currency', day('t.event_time'))} as amount_eur
      from transaction t where t.status in ('succeeded', 'refunded', 'disputed')
    ), refunded as (
      select ${day('r.created_at')} as day, t.merchant_id, r.currency, r.amount,
        ${eur('r.amount', 'r.currency', day('r.created_at'))} as amount_eur
      from refund r join transaction t on t.id = r.transaction_id
    ), entry as (
      select day, merchant_id, currency, 1 as payments, amount as gross, amount_eur as gross_eur,
        0 as refunds, 0::numeric(18,2) as refunded, 0::numeric(18,2) as refunded_eur, (amount_eur is null)::int as unconverted from payment
      union all
      select day, merchant_id, currency, 0, 0, 0, 1, amount, amount_eur, (amount_eur is null)::int from refunded
    )
    select day::text, merchant_id::text, currency, sum(payments)::int as payment_count,
      sum(gross)::numeric(38,2)::text as gross, coalesce(sum(gross_eur), 0)::numeric(38,2)::text as gross_eur,
      sum(refunds)::int as refund_count, sum(refunded)::numeric(38,2)::text as refunds,
      coalesce(sum(refunded_eur), 0)::numeric(38,2)::text as refunds_eur,
      (sum(gross) - sum(refunded))::numeric(38,2)::text as net,
      (coalesce(sum(gross_eur), 0) - coalesce(sum(refunded_eur), 0))::numeric(38,2)::text as net_eur,
      sum(unconverted)::int as unconverted_count
    from entry group by day, merchant_id, currency order by entry.day, entry.merchant_id, currency collate "C"`);
  return rows;
}

/** The rows of every table, for anti-joins and counts. */
export async function oracleCounts(client: pg.Client): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of ORACLE_TABLES) {
    const { rows } = await client.query<{ count: string }>(`select count(*) as count from ${table}`);
    counts[table] = Number(rows[0]!.count);
  }
  return counts;
}

export const ORACLE_TABLES = [
  ...['currency', 'country', 'exchange_rate', 'payment_status', 'payment_method', 'device_type'],
  ...['merchant', 'customer', 'transaction', 'transaction_state_change', 'refund'],
] as const;
