import { StrataError } from './errors.ts';
import { type Instant, instant, instantFromMillis, millisOf } from './instant.ts';

export const GRAINS = ['hour', 'day', 'week', 'month'] as const;
export type Grain = (typeof GRAINS)[number];

/** Half-open: `start` belongs to it, `end` does not. */
export interface Interval {
  readonly start: Instant;
  readonly end: Instant;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The start of the hour, day, ISO week (Monday) or month that holds the moment, in milliseconds. */
function floor(millis: number, grain: Grain): number {
  const date = new Date(millis);
  const midnight = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  switch (grain) {
    case 'hour':
      return Math.floor(millis / HOUR) * HOUR;
    case 'day':
      return midnight;
    case 'week':
      return midnight - ((date.getUTCDay() + 6) % 7) * DAY;
    case 'month':
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  }
}

function next(start: number, grain: Grain): number {
  const date = new Date(start);
  if (grain === 'month') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  return start + { hour: HOUR, day: DAY, week: 7 * DAY }[grain];
}

/**
 * The name of the partition that holds a moment: `2026-11-01T05` (hour), `2026-11-01` (day), `2026-11-02w` (week, by its
 * Monday), `2026-11` (month). Names of one grain sort as time does.
 */
export function partitionAt(at: Instant, grain: Grain): string {
  return nameAt(millisOf(at), grain);
}

function nameAt(millis: number, grain: Grain): string {
  const iso = new Date(floor(millis, grain)).toISOString();
  switch (grain) {
    case 'hour':
      return iso.slice(0, 13);
    case 'day':
      return iso.slice(0, 10);
    case 'week':
      return `${iso.slice(0, 10)}w`;
    case 'month':
      return iso.slice(0, 7);
  }
}

/** The interval that a partition name stands for; the inverse of {@link partitionAt}. */
export function intervalOf(partition: string, grain: Grain): Interval {
  const { start, end } = spanOf(partition, grain);
  return { start: instantFromMillis(start), end: instantFromMillis(end) };
}

/** As {@link intervalOf}, in milliseconds: planning looks at tens of thousands of names. */
export function spanOf(partition: string, grain: Grain): { readonly start: number; readonly end: number } {
  const text = { hour: `${partition}:00:00Z`, day: partition, week: partition.slice(0, 10), month: partition }[grain];
  const start = Date.parse(text);
  if (Number.isNaN(start) || nameAt(start, grain) !== partition) {
    throw new StrataError('bad_input', `Not the name of a ${grain} partition: ${partition}`);
  }
  return { start, end: next(start, grain) };
}

/** The names of all partitions that overlap the interval, in order. */
export function partitionsIn(interval: Interval, grain: Grain): string[] {
  const names: string[] = [];
  const end = millisOf(interval.end);
  for (let at = floor(millisOf(interval.start), grain); at < end; at = next(at, grain)) {
    names.push(nameAt(at, grain));
  }
  return names;
}

/**
 * What people write, both ends inclusive (`2026-11-01` to `2026-11-11`), as the half-open interval aligned to the grain.
 * @throws bad_input when a date does not exist or the range is reversed.
 */
export function resolveRange(from: string, to: string, grain: Grain): Interval {
  const start = instantFromMillis(floor(millisOf(instant(from)), grain));
  const end = instantFromMillis(next(floor(millisOf(instant(to)), grain), grain));
  if (start >= end) {
    throw new StrataError('bad_input', `The range is reversed: from ${from} to ${to}`, {
      hint: 'Give the earlier date first; both ends are inclusive.',
    });
  }
  return { start, end };
}

export function overlaps(a: Interval, b: Interval): boolean {
  return a.start < b.end && b.start < a.end;
}

/** `[2026-11-01, 2026-11-12)`, or with times where they are not midnight. */
export function printInterval(interval: Interval): string {
  const short = (at: Instant) => (at.endsWith('T00:00:00.000000Z') ? at.slice(0, 10) : at.replace('.000000Z', 'Z'));
  return `[${short(interval.start)}, ${short(interval.end)})`;
}
