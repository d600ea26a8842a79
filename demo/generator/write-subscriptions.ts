import type pg from 'pg';
import { type CopyValue, copyRows } from './copy-text.ts';
import { customerId } from './customer.ts';
import { payment } from './payment.ts';
import { paymentsOn } from './season.ts';
import { isoOf } from './simulated-time.ts';
import { changeTime, chargingPayments, subscription, subscriptionEvents, subscriptionId } from './subscription.ts';
import { dayStart, type World } from './world.ts';
import { amountOf } from './write-payments.ts';

const COLUMNS = [
  ...['id', 'customer_id', 'merchant_id', 'product_id', 'plan', 'amount', 'currency', 'billing_interval', 'status'],
  ...['started_at', 'cancelled_at', 'updated_at'],
];

/** Subscriptions that begin, end, fall behind or vanish on `day`. */
export async function writeSubscriptions(client: pg.Client, world: World, day: number): Promise<void> {
  const { started, cancelled, deleted, restored } = subscriptionEvents(world, day);
  const at = (index: number) => isoOf(changeTime(world, day, index));
  const ids = (indices: readonly number[]) => indices.map((index) => subscriptionId(world, index));
  const begun = started.map((index) => {
    const { startedAt } = subscription(world, index);
    return rowOf(world, index, isoOf(Math.max(world.start, startedAt)), false);
  });
  await copyRows(client, 'subscription', COLUMNS, begun);
  await writeCharges(client, world, day);
  await client.query(
    `update subscription set status = 'cancelled', cancelled_at = c.at, updated_at = c.at
     from unnest($1::uuid[], $2::timestamptz[]) as c (id, at) where subscription.id = c.id`,
    [ids(cancelled), cancelled.map(at)],
  );
  await client.query('delete from subscription where id = any ($1)', [ids(deleted)]);
  await copyRows(
    client,
    'subscription',
    COLUMNS,
    restored.map((index) => rowOf(world, index, at(index), true)),
  );
}

function rowOf(world: World, index: number, updatedAt: string, isCancelled: boolean): CopyValue[] {
  const made = subscription(world, index);
  return [
    ...[made.id, customerId(world, made.customer), made.trade.id, made.product.id, made.plan, amountOf(made.cents)],
    ...[made.currency, made.interval, isCancelled ? 'cancelled' : 'active', isoOf(made.startedAt)],
    ...[isCancelled ? updatedAt : null, updatedAt],
  ];
}

/** A charge that failed puts its subscription behind; the next that succeeds puts it right. */
async function writeCharges(client: pg.Client, world: World, day: number): Promise<void> {
  const end = dayStart(world, day + 1);
  const charges = chargingPayments(world, day, paymentsOn(world, day)).flatMap(({ index, subscription: number }) => {
    const settled = payment(world, day, index).life.find(({ move, at }) => move?.from === 'pending' && at < end);
    if (!settled) return [];
    const status = settled.move!.to === 'failed' ? 'past_due' : 'active';
    return [{ id: subscriptionId(world, number), status, at: isoOf(settled.at) }];
  });
  await client.query(
    `update subscription s set status = c.status, updated_at = c.at
     from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as c (id, status, at)
     where s.id = c.id and s.status <> c.status and s.status <> 'cancelled' and s.updated_at < c.at`,
    [charges.map(({ id }) => id), charges.map(({ status }) => status), charges.map(({ at }) => at)],
  );
}
