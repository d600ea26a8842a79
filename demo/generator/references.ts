import type pg from 'pg';

/**
 * Runs `write` without foreign keys being checked row by row, which takes longer than the writing itself; as a restore does.
 * Needs a superuser. Whoever calls this verifies the references afterwards, in the same transaction.
 */
export async function withoutForeignKeys<T>(client: pg.Client, write: () => Promise<T>): Promise<T> {
  await client.query('set local session_replication_role = replica');
  const result = await write();
  await client.query('set local session_replication_role = origin');
  return result;
}

/** Rows since $1 that refer to nothing. */
const BROKEN: Readonly<Record<string, string>> = {
  transaction: `
    select from transaction t
    left join payment_status s on s.code = t.status left join customer c on c.id = t.customer_id
    left join currency u on u.code = t.currency left join payment_method m on m.name = t.payment_method
    left join device_type d on d.name = t.device_type left join country b on b.code = t.billing_country
    left join country l on l.code = t.location_country left join country k on k.code = t.card_country
    where t.created_at >= $1 and t.event_time >= $1::timestamptz - interval '3 days'
      and (s.code is null or c.id is null or u.code is null or m.name is null or (t.device_type is not null and d.name is null)
        or (t.billing_country is not null and b.code is null) or (t.location_country is not null and l.code is null)
        or (t.card_country is not null and k.code is null))`,
  order_line: `
    select from order_line o left join product p on p.id = o.product_id left join currency u on u.code = o.currency
    where o.updated_at >= $1 and (p.id is null or u.code is null)`,
  ...Object.fromEntries(
    ['order_line', 'refund', 'dispute'].map((table) => [`${table} of a payment`, ofPayment(table)]),
  ),
};

function ofPayment(table: string): string {
  return `
    select from ${table} o left join transaction t on t.id = o.transaction_id and t.event_time = o.transaction_event_time
      and t.event_time >= $1::timestamptz - interval '3 days'
    where o.updated_at >= $1 and o.transaction_event_time >= $1::timestamptz - interval '3 days' and t.id is null`;
}

/** @throws when a payment or what belongs to it, written since `since` (ISO 8601), refers to a row that is not there */
export async function verifyReferences(client: pg.Client, since: string): Promise<void> {
  for (const [what, sql] of Object.entries(BROKEN)) {
    const { rows } = await client.query<{ broken: number }>(`select count(*)::int as broken from (${sql}) b`, [since]);
    if (rows[0]!.broken > 0) throw new Error(`${rows[0]!.broken} rows (${what}) refer to rows that are not there`);
  }
}
