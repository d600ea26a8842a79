import { DAY, type Micros } from './simulated-time.ts';
import { dayStart, type World } from './world.ts';

// Sunday first. They average to 1, so that two whole weeks of November hold fourteen days' rows.
const WEEKDAYS = [0.9, 0.92, 0.94, 0.97, 1, 1.12, 1.15] as const;
const MONTHS = [0.92, 0.88, 0.93, 0.95, 0.97, 0.98, 0.95, 0.9, 0.97, 1, 1, 1.3] as const;
/** From the last third of November on, people buy presents. */
const PRESENTS = { month: 10, fromDay: 20, factor: 1.25 } as const;

/** How many payments are made on `day`: the world's size, more on Fridays and Saturdays and towards the end of the year. */
export function paymentsOn(world: World, day: number): number {
  const date = new Date(dayStart(world, day) / 1000);
  const month = date.getUTCMonth();
  const presents = month === PRESENTS.month && date.getUTCDate() >= PRESENTS.fromDay;
  const factor = WEEKDAYS[date.getUTCDay()]! * (presents ? PRESENTS.factor : MONTHS[month]!);
  return Math.max(1, Math.round(world.rowsPerDay * factor));
}

/** Payments per hour of the UTC day, in relation to each other. */
const HOURS = [
  ...[0.35, 0.3, 0.25, 0.25, 0.3, 0.45, 0.7, 0.95, 1.15, 1.3, 1.35, 1.4],
  ...[1.45, 1.4, 1.3, 1.25, 1.25, 1.3, 1.35, 1.35, 1.25, 1.05, 0.8, 0.55],
];
const TOTAL = HOURS.reduce((sum, hour) => sum + hour, 0);
const BEFORE = HOURS.map((_, hour) => HOURS.slice(0, hour).reduce((sum, one) => sum + one, 0) / TOTAL);

/** The time of day by which the share `share` (0 to 1) of the day's payments was made. */
export function timeOfShare(share: number): Micros {
  let hour = Math.floor(share * 24);
  while (hour > 0 && BEFORE[hour]! > share) hour--;
  while (hour < 23 && BEFORE[hour + 1]! <= share) hour++;
  const within = (share - BEFORE[hour]!) / (HOURS[hour]! / TOTAL);
  return Math.min(DAY - 1, Math.floor(((hour + within) / 24) * DAY));
}
