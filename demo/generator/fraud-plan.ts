import { payingCustomers } from './customer-home.ts';
import { cachedByDay } from './days-cache.ts';
import { merchantCount } from './merchant.ts';
import { fractionOf, hashOf, Random } from './random.ts';
import { paymentsOn } from './season.ts';
import { maySubscribe } from './subscription.ts';
import { STREAM, type World } from './world.ts';

export const FRAUD_PATTERNS = [
  /** A customer's card, in one hour, at merchants the customer does not know, from a new device in another country. */
  'stolen_card',
  /** Cards that were read at one merchant, for some weeks, used there again from one country. */
  'compromised_merchant',
  /** One payment many times what the customer usually spends. */
  'high_amount',
  /** Are these cards good? Small amounts at one merchant, a card after the other, from one address. */
  'card_testing',
  /** Only after the shift: a customer's account, with the customer's usual device, buys what can be sold on. */
  'account_takeover',
] as const;
export type FraudPattern = (typeof FRAUD_PATTERNS)[number];

/** A payment that is fraud. */
export interface Fraud {
  readonly pattern: FraudPattern;
  /** The same for all payments of a burst. */
  readonly burst: number;
  readonly customer: number;
  /** The merchant of the whole burst; null: any. */
  readonly merchant: number | null;
  readonly fails: boolean;
  /** Days until the holder disputes it; null: nobody notices. */
  readonly disputeDays: number | null;
  /** Days until the dispute is closed. */
  readonly closeDays: number;
  readonly won: boolean;
}

/** Share of a day's payments, and payments of a burst: at least, and up to how many more. */
interface Extent {
  readonly share: number;
  readonly least: number;
  readonly more: number;
}

const NONE: Extent = { share: 0, least: 1, more: 1 };
const EXTENTS: Readonly<Record<FraudPattern, { before: Extent; after: Extent }>> = {
  stolen_card: both({ share: 0.004, least: 4, more: 5 }),
  compromised_merchant: both({ share: 0.002, least: 1, more: 1 }),
  high_amount: both({ share: 0.002, least: 1, more: 1 }),
  card_testing: both({ share: 0.004, least: 8, more: 9 }),
  account_takeover: { before: NONE, after: { share: 0.008, least: 1, more: 1 } },
};

function both(extent: Extent) {
  return { before: extent, after: extent };
}

export const DISPUTED_SHARE = 0.96;
const TESTS_REFUSED = 0.3;
const OTHERS_REFUSED = 0.05;
/** Disputes come at least so many days after the payment, on average `meanDays` later, and never after `lastDays`. */
export const DISPUTE_DELAY = { firstDays: 2, meanDays: 9, lastDays: 45 } as const;
export const CLOSING = { firstDays: 7, days: 15, wonShare: 0.1 } as const;
/** Nothing happens to a fraud after so many days. */
export const LONGEST_FRAUD_DAYS = DISPUTE_DELAY.lastDays + CLOSING.firstDays + CLOSING.days;
const COMPROMISE_DAYS = 21;

/** The frauds of a day by the index of their payment. */
export const fraudsOf = cachedByDay((world, day): ReadonlyMap<number, Fraud> => {
  const frauds = new Map<number, Fraud>();
  const payments = paymentsOn(world, day);
  for (const [number, pattern] of FRAUD_PATTERNS.entries()) {
    const { share, least, more } = EXTENTS[pattern][day >= world.shiftDay ? 'after' : 'before'];
    const bursts = Math.floor(
      (payments * share) / (least + (more - 1) / 2) + fractionOf(world.seed, STREAM.fraud, day, number),
    );
    for (let burst = 0; burst < bursts; burst++) {
      const random = new Random(world.seed, STREAM.fraud, day, (number + 1) * 0x1000000 + burst);
      addBurst(world, day, frauds, payments, { pattern, burst, size: least + random.below(more), random });
    }
  }
  return frauds;
});

function addBurst(
  world: World,
  day: number,
  frauds: Map<number, Fraud>,
  payments: number,
  { pattern, burst, size, random }: { pattern: FraudPattern; burst: number; size: number; random: Random },
): void {
  // Indices are in the order of time: so far apart, the burst takes about an hour.
  const step = Math.max(1, Math.floor(payments / 24 / size));
  let index = 1 + random.below(Math.max(1, payments - 2 - step * size));
  const merchant = merchantOf(world, day, pattern, random);
  const victim = random.below(payingCustomers(world, day));
  for (let number = 0; number < size; number++, index += step) {
    // The day's last payments settle after midnight; nor is a charge of a subscription ever fraud.
    while (maySubscribe(index) || frauds.has(index)) index++;
    if (index >= payments - 1) return;
    const testing = pattern === 'card_testing';
    const noticed = random.chance(DISPUTED_SHARE);
    const delay = Math.floor(-Math.log(1 - random.fraction()) * DISPUTE_DELAY.meanDays);
    const disputeDays = Math.min(DISPUTE_DELAY.lastDays, DISPUTE_DELAY.firstDays + delay);
    const fails = random.chance(testing ? TESTS_REFUSED : OTHERS_REFUSED);
    frauds.set(index, {
      pattern,
      burst,
      customer: testing ? random.below(payingCustomers(world, day)) : victim,
      merchant,
      fails,
      disputeDays: noticed && !fails ? disputeDays : null,
      closeDays: disputeDays + CLOSING.firstDays + random.below(CLOSING.days),
      won: random.chance(CLOSING.wonShare),
    });
  }
}

function merchantOf(world: World, day: number, pattern: FraudPattern, random: Random): number | null {
  if (pattern === 'card_testing') return random.below(merchantCount(world, day));
  if (pattern !== 'compromised_merchant') return null;
  const weeks = Math.floor(day / COMPROMISE_DAYS);
  return hashOf(world.seed, STREAM.compromised, weeks, 0) % world.launchMerchants;
}

/** Where the thieves of a compromised merchant's cards sit: a number that stays for its weeks. */
export function compromiseOrigin(world: World, day: number): number {
  return hashOf(world.seed, STREAM.compromised, Math.floor(day / COMPROMISE_DAYS), 1);
}
