import type { Interval } from './interval.ts';

/** Sorted, disjoint, not touching. Build one only with the functions here. */
export type IntervalSet = readonly Interval[];

export function union(a: IntervalSet, b: IntervalSet): IntervalSet {
  const sorted = [...a, ...b].filter((i) => i.start < i.end).sort((x, y) => (x.start < y.start ? -1 : 1));
  const merged: Interval[] = [];
  for (const interval of sorted) {
    const last = merged.at(-1);
    if (last && interval.start <= last.end) {
      if (interval.end > last.end) merged[merged.length - 1] = { start: last.start, end: interval.end };
    } else {
      merged.push(interval);
    }
  }
  return merged;
}

export function subtract(a: IntervalSet, b: IntervalSet): IntervalSet {
  let rest = union(a, []);
  for (const cut of b) {
    rest = rest.flatMap((i) => {
      if (cut.end <= i.start || i.end <= cut.start) return [i];
      const pieces: Interval[] = [];
      if (i.start < cut.start) pieces.push({ start: i.start, end: cut.start });
      if (cut.end < i.end) pieces.push({ start: cut.end, end: i.end });
      return pieces;
    });
  }
  return rest;
}

/** True when the whole interval lies in the set. */
export function covers(set: IntervalSet, interval: Interval): boolean {
  return subtract([interval], set).length === 0;
}
