import { Random } from './random.ts';
import { CURRENCIES, LATE_CURRENCY } from './reference-data.ts';
import { DAY, dateOf, HOUR, isWeekend, type Micros } from './simulated-time.ts';
import { dayStart, STREAM, type World } from './world.ts';

export interface ExchangeRate {
  readonly currency: string;
  readonly rateDate: string;
  /** Exactly eight decimals. */
  readonly rateToEur: string;
  readonly updatedAt: Micros;
}

const QUOTED = CURRENCIES.filter((currency) => currency.rate !== null);
const HISTORY_DAYS = 14;

function rate(world: World, which: number, day: number, updatedAt: Micros, factor = 1): ExchangeRate {
  const { code, rate: base } = QUOTED[which]!;
  const random = new Random(world.seed, STREAM.rate, which, day + HISTORY_DAYS);
  const units = Math.round(base! * (1 + (random.fraction() - 0.5) * 0.02) * factor * 1e8);
  const rateToEur = `${Math.floor(units / 1e8)}.${String(units % 1e8).padStart(8, '0')}`;
  return { currency: code, rateDate: dateOf(dayStart(world, day)), rateToEur, updatedAt };
}

function isQuoted(world: World, which: number, day: number): boolean {
  if (isWeekend(dayStart(world, day))) return false;
  return QUOTED[which]!.code !== LATE_CURRENCY.code || day >= LATE_CURRENCY.firstDay;
}

/** Some rates come out a day late, after payments of their day were already converted with the rate before. */
function isLate(which: number, day: number): boolean {
  return day >= 0 && (day * 7 + which * 3) % 17 === 0;
}

/** The rates first published on `day`; on the launch also those of the two weeks before it. */
export function* ratesOf(world: World, day: number): Generator<ExchangeRate> {
  for (let which = 0; which < QUOTED.length; which++) {
    if (day === 0) {
      for (let past = -HISTORY_DAYS; past < 0; past++) {
        if (isQuoted(world, which, past)) yield rate(world, which, past, world.start);
      }
    }
    if (day > 0 && isQuoted(world, which, day - 1) && isLate(which, day - 1)) {
      yield rate(world, which, day - 1, dayStart(world, day) + 9 * HOUR);
    }
    if (isQuoted(world, which, day) && !isLate(which, day))
      yield rate(world, which, day, dayStart(world, day) + 15 * HOUR);
  }
}

/** The rates corrected on `day`: every third day one currency's, of the last working day at least two days ago. */
export function rateCorrections(world: World, day: number): ExchangeRate[] {
  if (day % 3 !== 2) return [];
  let corrected = day - 2;
  while (isWeekend(world.start + corrected * DAY)) corrected--;
  const which = Math.floor(day / 3) % (QUOTED.length - 1);
  return [rate(world, which, corrected, dayStart(world, day) + 11 * HOUR, 1.0125)];
}
