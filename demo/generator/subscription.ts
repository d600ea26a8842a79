import { customerHome, payingCustomers } from './customer-home.ts';
import { cachedByDay } from './days-cache.ts';
import { centsIn, type Product, type Trade, tradeOf } from './merchant-trade.ts';
import { hashOf, uuidOf } from './random.ts';
import { DAY, HOUR, type Micros, SECOND } from './simulated-time.ts';
import { type BillingInterval, courseOf, draw, intervalOf, subscriptionCount } from './subscription-course.ts';
import { dayStart, STREAM, type World } from './world.ts';

/** A recurring purchase; days are counted from the launch and may lie before it. */
export interface Subscription {
  readonly id: string;
  readonly customer: number;
  readonly trade: Trade;
  readonly product: Product;
  readonly plan: 'basic' | 'plus' | 'pro';
  readonly interval: BillingInterval;
  readonly cents: number;
  readonly currency: string;
  readonly startedAt: Micros;
}

const PLANS = [
  { plan: 'basic', factor: 1 },
  { plan: 'plus', factor: 2 },
  { plan: 'pro', factor: 4 },
] as const;

export function subscription(world: World, index: number): Subscription {
  const { startDay } = courseOf(world, index);
  const since = Math.max(0, startDay);
  const customer = Math.floor(payingCustomers(world, since) * draw(world, index, 6));
  const trade = tradeOf(world, Math.floor(world.launchMerchants * draw(world, index, 7) ** 2));
  const product = trade.products[hashOf(world.seed, STREAM.subscription, index, 8) % trade.products.length]!;
  const { plan, factor } = PLANS[hashOf(world.seed, STREAM.subscription, index, 9) % PLANS.length]!;
  const { currency } = customerHome(world, customer, since).country;
  return {
    id: subscriptionId(world, index),
    customer,
    trade,
    product,
    plan,
    interval: intervalOf(world, index),
    cents: centsIn(currency, product.euroCents * factor),
    currency,
    startedAt: dayStart(world, startDay) + Math.floor(draw(world, index, 10) * HOUR),
  };
}

export function subscriptionId(world: World, index: number): string {
  return uuidOf(world.seed, STREAM.subscription, 0, index);
}

/** The subscriptions that are charged on `day`. */
export const subscriptionsDue = cachedByDay((world, day) => {
  const due: number[] = [];
  for (let index = 0; index < subscriptionCount(world, day); index++) {
    const { startDay, everyDays, endDay } = courseOf(world, index);
    if (day < endDay && (day - startDay) % everyDays === 0) due.push(index);
  }
  return due;
});

// Every 25th payment may be a charge: more than are ever due.
const STEP = 25;
const FIRST = 7;

export function maySubscribe(index: number): boolean {
  return index % STEP === FIRST;
}

/** The subscription that payment `index` of `day` charges. */
export function subscriptionOf(world: World, day: number, index: number): number | undefined {
  return maySubscribe(index) ? subscriptionsDue(world, day)[(index - FIRST) / STEP] : undefined;
}

/** The payments of `day` that charge a subscription, in the order of `subscriptionsDue`. */
export function chargingPayments(
  world: World,
  day: number,
  payments: number,
): { index: number; subscription: number }[] {
  return subscriptionsDue(world, day)
    .map((number, position) => ({ index: FIRST + position * STEP, subscription: number }))
    .filter(({ index }) => index < payments);
}

export interface SubscriptionEvents {
  readonly started: readonly number[];
  readonly cancelled: readonly number[];
  readonly deleted: readonly number[];
  readonly restored: readonly number[];
}

/** What happens to subscriptions on `day`, charges apart. */
export function subscriptionEvents(world: World, day: number): SubscriptionEvents {
  const events = {
    started: [] as number[],
    cancelled: [] as number[],
    deleted: [] as number[],
    restored: [] as number[],
  };
  for (let index = 0; index < subscriptionCount(world, day); index++) {
    const { endDay, deleteDay, restoreDay } = courseOf(world, index);
    if (index >= subscriptionCount(world, day - 1)) events.started.push(index);
    if (endDay === day && deleteDay > endDay) events.cancelled.push(index);
    if (deleteDay === day) events.deleted.push(index);
    if (restoreDay === day) events.restored.push(index);
  }
  return events;
}

/** Some time in the afternoon of `day`. */
export function changeTime(world: World, day: number, index: number): Micros {
  return dayStart(world, day) + DAY / 2 + (hashOf(world.seed, STREAM.subscription, index, 11) % 36_000) * SECOND;
}
