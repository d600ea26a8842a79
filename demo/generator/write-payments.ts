import type pg from 'pg';
import { type CopyValue, copyRows } from './copy-text.ts';
import { type Payment, payment } from './payment.ts';
import { DAY, dateOf, isoOf } from './simulated-time.ts';
import { dayStart, type World } from './world.ts';

const TRANSACTION_COLUMNS = [
  ...['id', 'status', 'merchant_id', 'customer_id', 'amount', 'currency', 'payment_method', 'device_type'],
  ...['billing_street', 'billing_city', 'billing_postal_code', 'billing_country'],
  ...['ip_address', 'location_city', 'location_country', 'event_time', 'created_at', 'updated_at'],
];
const STATE_CHANGE_COLUMNS = ['transaction_id', 'from_status', 'to_status', 'reason', 'updated_by', 'updated_at'];

/** Cents as a numeric(18,2). */
export function amountOf(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

/** The payments made on `day`, as they stand at its end, and their status moves so far. Returns how many. */
export async function writePayments(client: pg.Client, world: World, day: number): Promise<number> {
  // Offline payments reach back two days, over a month's end too.
  for (const reached of [dayStart(world, day) - 2 * DAY, dayStart(world, day)]) {
    await client.query('select ensure_transaction_month($1)', [dateOf(reached)]);
  }
  const payments = await copyRows(client, 'transaction', TRANSACTION_COLUMNS, transactionRows(world, day));
  await copyRows(client, 'transaction_state_change', STATE_CHANGE_COLUMNS, stateChangeRows(world, day));
  return payments;
}

function* paymentsOf(world: World, day: number): Generator<Payment> {
  for (let index = 0; index < world.rowsPerDay; index++) yield payment(world, day, index);
}

function movesOfFirstDay(world: World, day: number, made: Payment) {
  const end = dayStart(world, day + 1);
  return made.life.filter((event) => event.move !== null && event.at < end);
}

function* transactionRows(world: World, day: number): Generator<CopyValue[]> {
  for (const made of paymentsOf(world, day)) {
    const last = movesOfFirstDay(world, day, made).at(-1);
    yield [
      ...[
        made.id,
        last?.move?.to ?? 'pending',
        made.merchantId,
        made.customerId,
        amountOf(made.cents),
        made.currency,
        made.method,
        made.device,
      ],
      ...(made.billing
        ? [made.billing.street, made.billing.city, made.billing.postalCode, made.billing.country]
        : [null, null, null, null]),
      ...[made.ip, made.location?.city ?? null, made.location?.country ?? null],
      ...[isoOf(made.eventTime), isoOf(made.createdAt), isoOf(last?.at ?? made.createdAt)],
    ];
  }
}

function* stateChangeRows(world: World, day: number): Generator<CopyValue[]> {
  for (const made of paymentsOf(world, day)) {
    yield [made.id, null, 'pending', null, 'checkout', isoOf(made.createdAt)];
    for (const { at, move } of movesOfFirstDay(world, day, made)) {
      yield [made.id, move!.from, move!.to, move!.reason, move!.by, isoOf(at)];
    }
  }
}
