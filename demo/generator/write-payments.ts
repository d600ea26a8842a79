import type pg from 'pg';
import { type CopyValue, copyLine, copyText } from './copy-text.ts';
import { fraudsOf } from './fraud-plan.ts';
import { GATEWAY_EVENT_COLUMNS, gatewayEvents } from './gateway-event.ts';
import { type Payment, payment } from './payment.ts';
import { disputesUntil, refundsUntil } from './payment-books.ts';
import { paymentsOn } from './season.ts';
import { DAY, dateOf, isoOf, type Micros } from './simulated-time.ts';
import { dayStart, type World } from './world.ts';

/** Everything about payments that is written in bulk: table and columns. */
const TABLES = {
  transaction: [
    ...['id', 'status', 'merchant_id', 'customer_id', 'amount', 'currency', 'payment_method', 'device_type'],
    ...['billing_street', 'billing_city', 'billing_postal_code', 'billing_country'],
    ...['ip_address', 'location_city', 'location_country', 'card_token', 'card_country', 'subscription_id'],
    ...['event_time', 'created_at', 'updated_at'],
  ],
  transaction_state_change: ['transaction_id', 'from_status', 'to_status', 'reason', 'updated_by', 'updated_at'],
  order_line: [
    ...['transaction_id', 'transaction_event_time', 'line_no', 'product_id', 'quantity', 'unit_price', 'amount'],
    ...['currency', 'updated_at'],
  ],
  gateway_event: GATEWAY_EVENT_COLUMNS,
  refund: [
    ...['id', 'transaction_id', 'transaction_event_time', 'amount', 'currency', 'reason', 'created_at', 'updated_at'],
  ],
  dispute: [
    ...['id', 'transaction_id', 'transaction_event_time', 'amount', 'currency', 'reason', 'status', 'created_at'],
    ...['closed_at', 'updated_at'],
  ],
  'simulation.fraud': ['transaction_id', 'event_time', 'pattern'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
/** Lines of COPY text by table. */
type Lines = { readonly [table in keyof typeof TABLES]: string[] };

/** Payments made at once: enough for COPY to be fast, few enough to stay in the young part of the heap. */
const CHUNK = 4000;

/** Cents as a numeric(18,2). */
export function amountOf(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

export interface PaymentCounts {
  readonly payments: number;
  readonly refunds: number;
  readonly disputes: number;
}

/**
 * The payments made on `day` with all that belongs to them, as they stand at `until`: the end of the day, or of a bootstrap.
 * The caller has turned foreign keys off and verifies them when everything is written (see references.ts).
 */
export async function writePayments(
  client: pg.Client,
  world: World,
  day: number,
  until: Micros,
): Promise<PaymentCounts> {
  // Offline payments reach back two days, over a month's end too.
  for (const reached of [dayStart(world, day) - 2 * DAY, dayStart(world, day)]) {
    await client.query('select ensure_transaction_month($1)', [dateOf(reached)]);
  }
  const payments = paymentsOn(world, day);
  const counts = { payments, refunds: 0, disputes: 0 };
  for (let first = 0; first < payments; first += CHUNK) {
    const lines = noLines();
    for (let index = first; index < Math.min(payments, first + CHUNK); index++) {
      const { refunds, disputes } = addPayment(lines, world, day, index, until);
      counts.refunds += refunds;
      counts.disputes += disputes;
    }
    for (const [table, columns] of Object.entries(TABLES)) {
      const some = lines[table as keyof Lines];
      if (some.length > 0) await copyText(client, table, columns, some.join(''));
    }
  }
  return counts;
}

function noLines(): Lines {
  return Object.fromEntries(Object.keys(TABLES).map((table) => [table, []])) as unknown as Lines;
}

function addPayment(lines: Lines, world: World, day: number, index: number, until: Micros) {
  const made = payment(world, day, index);
  const moves = made.life.filter((event) => event.move !== null && event.at < until);
  const [createdAt, eventTime] = [isoOf(made.createdAt), isoOf(made.eventTime)];
  lines.transaction.push(copyLine(transactionRow(made, moves.at(-1), eventTime, createdAt)));
  lines.transaction_state_change.push(copyLine([made.id, null, 'pending', null, 'checkout', createdAt]));
  for (const { at, move } of moves) {
    lines.transaction_state_change.push(copyLine([made.id, move!.from, move!.to, move!.reason, move!.by, isoOf(at)]));
  }
  for (const [number, { productId, quantity, unitCents }] of made.lines.entries()) {
    const amounts = [quantity, amountOf(unitCents), amountOf(quantity * unitCents)];
    lines.order_line.push(copyLine([made.id, eventTime, number + 1, productId, ...amounts, made.currency, createdAt]));
  }
  for (const event of gatewayEvents(world, day, index, made, dayStart(world, day + 1))) {
    lines.gateway_event.push(copyLine(event));
  }
  const key = [made.id, eventTime];
  const refunds = refundsUntil(made, until);
  for (const { id, cents, reason, at, updatedAt } of refunds) {
    lines.refund.push(copyLine([id, ...key, amountOf(cents), made.currency, reason, isoOf(at), isoOf(updatedAt)]));
  }
  const disputes = disputesUntil(made, until);
  for (const { id, cents, reason, status, at, closedAt } of disputes) {
    const closed = closedAt === null ? null : isoOf(closedAt);
    const times = [isoOf(at), closed, closed ?? isoOf(at)];
    lines.dispute.push(copyLine([id, ...key, amountOf(cents), made.currency, reason, status, ...times]));
  }
  const fraud = fraudsOf(world, day).get(index);
  if (fraud) lines['simulation.fraud'].push(copyLine([...key, fraud.pattern]));
  return { refunds: refunds.length, disputes: disputes.length };
}

function transactionRow(
  made: Payment,
  last: Payment['life'][number] | undefined,
  eventTime: string,
  createdAt: string,
): CopyValue[] {
  return [
    ...[made.id, last?.move?.to ?? 'pending', made.merchantId, made.customerId, amountOf(made.cents), made.currency],
    ...[made.method, made.device],
    ...(made.billing
      ? [made.billing.street, made.billing.city, made.billing.postalCode, made.billing.country]
      : [null, null, null, null]),
    ...[made.ip, made.location?.city ?? null, made.location?.country ?? null],
    ...[made.card?.token ?? null, made.card?.country ?? null, made.subscriptionId],
    ...[eventTime, createdAt, last ? isoOf(last.at) : createdAt],
  ];
}
