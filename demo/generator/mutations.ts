import type pg from 'pg';
import type { Status } from './reference-data.ts';
import { upsertRate } from './write-reference.ts';

export interface MerchantRow {
  readonly id: string;
  readonly name: string;
  readonly industry: string;
  readonly size: string;
  readonly country: string | null;
}

/** Runs `work` in one transaction of its own. */
export async function inTransaction<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  }
}

/** Moves a payment to another status and records the move, in one transaction. `at`: ISO 8601. Throws when there is no such payment or it has this status. */
export async function updatePaymentStatus(client: pg.Client, id: string, status: Status, at: string): Promise<void> {
  await inTransaction(client, async () => {
    const before = await client.query<{ status: string }>('select status from transaction where id = $1 for update', [
      id,
    ]);
    const from = before.rows[0]?.status;
    if (from === undefined) throw new Error(`no payment ${id}`);
    await client.query('update transaction set status = $2, updated_at = $3 where id = $1', [id, status, at]);
    await client.query(
      `insert into transaction_state_change (transaction_id, from_status, to_status, reason, updated_by, updated_at)
       values ($1, $2, $3, 'by hand', 'operator', $4)`,
      [id, from, status, at],
    );
  });
}

/** Refunds a part of a captured payment; its status stays. Throws when more than what is left would be refunded. */
export async function refundPayment(
  client: pg.Client,
  refund: { id: string; paymentId: string; amount: string; at: string },
): Promise<void> {
  const { rowCount } = await client.query(
    `insert into refund (id, transaction_id, transaction_event_time, amount, currency, reason, created_at, updated_at)
     select $1, t.id, t.event_time, $3::numeric, t.currency, 'by hand', $4, $4 from transaction t
     where t.id = $2 and t.status = 'succeeded'
       and $3::numeric + coalesce((select sum(r.amount) from refund r where r.transaction_id = t.id), 0) <= t.amount`,
    [refund.id, refund.paymentId, refund.amount, refund.at],
  );
  if (rowCount !== 1)
    throw new Error(
      `payment ${refund.paymentId} cannot be refunded by ${refund.amount}: not succeeded, or less is left`,
    );
}

/** Writes a rate (exact decimal as text), new or corrected. `at`: ISO 8601. */
export async function correctExchangeRate(
  client: pg.Client,
  currency: string,
  date: string,
  rate: string,
  at: string,
): Promise<void> {
  await upsertRate(client, { currency, rateDate: date, rateToEur: rate }, at);
}

/** Copies a merchant's row in, created and updated at `at` (ISO 8601). */
export async function insertMerchant(client: pg.Client, row: MerchantRow, at: string): Promise<void> {
  await client.query(
    'insert into merchant (id, name, industry, size, country, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $6)',
    [row.id, row.name, row.industry, row.size, row.country, at],
  );
}
