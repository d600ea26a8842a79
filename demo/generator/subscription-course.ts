import { fractionOf } from './random.ts';
import type { BILLING_INTERVALS } from './reference-data.ts';
import { STREAM, type World } from './world.ts';

export type BillingInterval = (typeof BILLING_INTERVALS)[number];

/** When a subscription is charged, ends and vanishes; Infinity: never. */
export interface Course {
  readonly startDay: number;
  readonly everyDays: number;
  readonly endDay: number;
  /** Deleted for good: some days after the end, or without having been cancelled. */
  readonly deleteDay: number;
  /** Written again under its old id, cancelled: support made it come back. */
  readonly restoreDay: number;
}

const INTERVAL_DAYS = { week: 7, month: 30, year: 365 } as const;
const INTERVAL_OF = ['week', 'week', 'week', 'week', 'week', 'month', 'month', 'month', 'month', 'year'] as const;
const MEAN_LIFE_DAYS = 40;
const RESTORED_AFTER_DAYS = 2;
/** How many subscriptions have begun by the end of day `day`. */
export function subscriptionCount(world: World, day: number): number {
  return day < 0 ? 0 : world.launchSubscriptions + day * world.subscriptionsPerDay;
}

/** A number in [0, 1): what is drawn for the subscription in place `what`. */
export function draw(world: World, index: number, what: number): number {
  return fractionOf(world.seed, STREAM.subscription, index, what);
}

export function intervalOf(world: World, index: number): BillingInterval {
  return INTERVAL_OF[Math.floor(draw(world, index, 1) * INTERVAL_OF.length)]!;
}

export function courseOf(world: World, index: number): Course {
  const atLaunch = index < world.launchSubscriptions;
  const startDay = atLaunch
    ? -Math.floor(draw(world, index, 0) * 90)
    : 1 + Math.floor((index - world.launchSubscriptions) / world.subscriptionsPerDay);
  const everyDays = INTERVAL_DAYS[intervalOf(world, index)];
  const endDay = Math.max(0, startDay) + 1 + Math.floor(-Math.log(1 - draw(world, index, 2)) * MEAN_LIFE_DAYS);
  const ending = draw(world, index, 3);
  const wait = ending < 0.1 ? 0 : ending < 0.7 ? 1 + Math.floor(draw(world, index, 4) * 4) : Number.POSITIVE_INFINITY;
  const deleteDay = endDay + wait;
  const restoreDay = draw(world, index, 5) < 0.4 ? deleteDay + RESTORED_AFTER_DAYS : Number.POSITIVE_INFINITY;
  return { startDay, everyDays, endDay, deleteDay, restoreDay };
}
