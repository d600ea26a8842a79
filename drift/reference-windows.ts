import { StrataError } from '../core/errors.ts';
import { durationMillis, instantFromMillis, millisOf, shift } from '../core/instant.ts';
import { type Interval, printInterval } from '../core/interval.ts';

/**
 * What the current rows are compared with.
 * - `training`: the interval that the model was trained on.
 * - `rolling`: the time just before the current interval; finds breaks, not slow drift.
 * - `season`: the same days of earlier years (or of whichever period), so that Christmas is compared with Christmas.
 */
export type ReferenceWindow =
  | { readonly kind: 'training'; readonly interval: Interval }
  | { readonly kind: 'rolling'; readonly length: string }
  | { readonly kind: 'season'; readonly back: 'year' | 'week'; readonly times?: number; readonly widen?: string };

/** The intervals that the reference rows lie in, and their name for people. Never later than the current interval. */
export function resolveReference(
  window: ReferenceWindow,
  current: Interval,
): { intervals: readonly Interval[]; label: string } {
  const intervals = intervalsOf(window, current);
  const late = intervals.find(({ end }) => end > current.start);
  if (late) {
    throw new StrataError('bad_input', `The reference ${printInterval(late)} reaches into ${printInterval(current)}`, {
      hint: 'Rows compared with themselves hide drift: take an earlier reference, or less widening.',
    });
  }
  const name = {
    training: 'training set',
    rolling: `the ${'length' in window ? window.length : ''} before`,
    season: 'same season',
  };
  return { intervals, label: `${name[window.kind]} ${intervals.map(printInterval).join(', ')}` };
}

function intervalsOf(window: ReferenceWindow, current: Interval): Interval[] {
  if (window.kind === 'training') return [window.interval];
  if (window.kind === 'rolling') {
    return [{ start: shift(current.start, -durationMillis(window.length)), end: current.start }];
  }
  const widen = window.widen === undefined ? 0 : durationMillis(window.widen);
  return Array.from({ length: window.times ?? 1 }, (_, i) => ({
    start: shift(back(current.start, window.back, i + 1), -widen),
    end: shift(back(current.end, window.back, i + 1), widen),
  }));
}

const WEEK = 7 * 24 * 3_600_000;

function back(at: Interval['start'], by: 'year' | 'week', times: number): Interval['start'] {
  if (by === 'week') return shift(at, -times * WEEK);
  const date = new Date(millisOf(at));
  const [month, day] = [date.getUTCMonth(), date.getUTCDate()];
  // The 29th of February is the 28th in other years.
  const lastDay = new Date(Date.UTC(date.getUTCFullYear() - times, month + 1, 0)).getUTCDate();
  date.setUTCFullYear(date.getUTCFullYear() - times, month, Math.min(day, lastDay));
  return instantFromMillis(date.getTime());
}
