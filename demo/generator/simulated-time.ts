/** Microseconds since 1970 in UTC, the unit of all simulated times: exact in a double until the year 2255. */
export type Micros = number;

export const SECOND: Micros = 1_000_000;
export const MINUTE: Micros = 60 * SECOND;
export const HOUR: Micros = 60 * MINUTE;
export const DAY: Micros = 24 * HOUR;

/** The start of a UTC day given as YYYY-MM-DD. Throws on anything else. */
export function startOf(date: string): Micros {
  const millis = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(millis) || new Date(millis).toISOString().slice(0, 10) !== date) {
    throw new Error(`not a date: ${JSON.stringify(date)}; write it as YYYY-MM-DD, for example 2026-11-01`);
  }
  return millis * 1000;
}

/** The UTC day of a time as YYYY-MM-DD. */
export function dateOf(time: Micros): string {
  return new Date(Math.floor(time / 1000)).toISOString().slice(0, 10);
}

/** A time as PostgreSQL and ISO 8601 read it, with all six decimals. */
export function isoOf(time: Micros): string {
  const day = Math.floor(time / DAY);
  if (day !== lastDay.number) Object.assign(lastDay, { number: day, text: `${dateOf(day * DAY)}T` });
  const micros = time - day * DAY;
  const seconds = Math.floor(micros / SECOND);
  const minutes = Math.floor(seconds / 60);
  const clock = `${TWO[Math.floor(minutes / 60)]}:${TWO[minutes % 60]}:${TWO[seconds % 60]}`;
  return `${lastDay.text}${clock}.${String(micros - seconds * SECOND).padStart(6, '0')}Z`;
}

const TWO = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));
// Times are written by the million and mostly of one day, whose text a Date is slow to make.
const lastDay = { number: Number.NaN, text: '' };

/** The time of an ISO 8601 string with a zone, for callers that hold one. */
export function microsOf(time: string): Micros {
  const millis = Date.parse(time);
  if (Number.isNaN(millis))
    throw new Error(`not a time: ${JSON.stringify(time)}; write it as 2026-11-01T10:00:00.000Z`);
  const decimals = /\.(\d+)/.exec(time)?.[1] ?? '';
  return millis * 1000 + Number(decimals.padEnd(6, '0').slice(3, 6));
}

/** No exchange rates are published on these. */
export function isWeekend(time: Micros): boolean {
  const weekday = new Date(time / 1000).getUTCDay();
  return weekday === 0 || weekday === 6;
}
