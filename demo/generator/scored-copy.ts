import { Decimal128 } from 'mongodb';
import type { StoredDocument } from './app-customer.ts';
import { customer } from './customer.ts';
import { dirtSlot, documentOf, MISSING, objectIdAt, TIME_FORMS } from './document-dirt.ts';
import { fraudsOf } from './fraud-plan.ts';
import { type Payment, payment } from './payment.ts';
import { Random } from './random.ts';
import { paymentsOn } from './season.ts';
import type { Micros } from './simulated-time.ts';
import { dayStart, STREAM, type World } from './world.ts';

const FIRST_ODD_TIME = 10;
const ODD_TIMES = Object.fromEntries(
  Object.values(TIME_FORMS).map((form, position) => [FIRST_ODD_TIME + position, form]),
);
const ODD_AMOUNTS: Readonly<Record<number, (cents: number) => unknown>> = {
  0: (cents) => Decimal128.fromString((cents / 100).toFixed(2)),
  1: (cents) => (cents / 100).toFixed(2),
  2: (cents) => ` ${(cents / 100).toFixed(2)} `,
  3: () => MISSING,
  4: () => 'a lot',
  5: () => null,
};
const ODD_VERDICTS: Readonly<Record<number, unknown>> = { 20: 'true', 21: 'false', 22: null };
/** Not looked at yet. */
const UNSCORED_SHARE = 0.04;
const SUSPICIOUS = 0.5;

/** The scored copies of a day's payments, oldest first; of a large day, of a sample. */
export function* scoredCopiesOf(world: World, day: number): Generator<StoredDocument> {
  const payments = paymentsOn(world, day);
  const copies = Math.min(payments, world.scoredCopiesPerDay);
  for (let copy = 0; copy < copies; copy++) {
    yield scoredCopy(world, day, Math.floor((copy * payments) / copies));
  }
}

/** A payment as the shop's first fraud model saw it: better than chance, no more. */
function scoredCopy(world: World, day: number, index: number): StoredDocument {
  const made = payment(world, day, index);
  const random = new Random(world.seed, STREAM.scoredCopy, day, index);
  const slot = dirtSlot(day, index);
  const at: Micros = Math.min(dayStart(world, day + 1) - 1000, made.createdAt + random.below(500_000));
  const fraud = fraudsOf(world, day).has(index);
  const score = fraud ? 1 - random.fraction() ** 1.5 : random.fraction() ** 4;
  const unscored = random.chance(UNSCORED_SHARE);
  const millis = Math.floor(made.eventTime / 1000);
  return documentOf({
    _id: objectIdAt(at, world.seed, STREAM.scoredCopy, day, index),
    transaction_id: slot === 30 ? `tx-${made.id}` : slot === 31 ? made.id.toUpperCase() : made.id,
    merchant: slot === 32 ? made.merchantId : { id: made.merchantId },
    amount: ODD_AMOUNTS[slot] ? ODD_AMOUNTS[slot](made.cents) : made.cents / 100,
    currency: slot === 33 ? made.currency.toLowerCase() : made.currency,
    method: made.method,
    device: made.device,
    customer_email: slot === 34 ? MISSING : emailOf(world, made),
    ip_address: made.ip,
    transaction_city: made.location?.city ?? MISSING,
    transaction_country: made.location?.country ?? MISSING,
    billing_city: made.billing?.city ?? null,
    billing_country: made.billing?.country ?? null,
    anomalyScore: unscored ? MISSING : slot === 23 ? String(score) : score,
    isFraud: unscored ? MISSING : slot in ODD_VERDICTS ? ODD_VERDICTS[slot] : score > SUSPICIOUS,
    timestamp: ODD_TIMES[slot] ? ODD_TIMES[slot](millis) : new Date(millis),
    updated_at: new Date(Math.floor(at / 1000)),
  }) as StoredDocument;
}

function emailOf(world: World, made: Payment): string {
  return customer(world, made.customer).email;
}
