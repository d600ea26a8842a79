import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MIN_HISTORY, rowCountTrend } from '../../quality/trends.ts';

const WEEK = [100, 110, 90, 105, 95, 100, 100];

test('too little history says nothing', () => {
  expect(rowCountTrend(WEEK.slice(1), 0, 3)).toBeUndefined();
});

test('within and outside of three sigma', () => {
  // Mean 100, variance 250/7.
  expect(rowCountTrend(WEEK, 117, 3)).toMatchObject({ ok: true, mean: 100 });
  expect(rowCountTrend(WEEK, 119, 3)).toMatchObject({ ok: false });
  expect(rowCountTrend(WEEK, 0, 3)!.sigmas).toBeCloseTo(-100 / Math.sqrt(250 / 7), 10);
});

test('a table that never changed may change by a row, not by a half', () => {
  const steady = Array(MIN_HISTORY).fill(10_000);
  expect(rowCountTrend(steady, 10_020, 3)!.ok).toBe(true);
  expect(rowCountTrend(steady, 5_000, 3)!.ok).toBe(false);
  expect(rowCountTrend(Array(MIN_HISTORY).fill(0), 3, 3)!.ok).toBe(true);
});

test('the order of history does not matter, and the mean is always fine', () => {
  const counts = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: MIN_HISTORY, maxLength: 60 });
  fc.assert(
    fc.property(counts, fc.integer({ min: 0, max: 1_000_000 }), (history, count) => {
      const trend = rowCountTrend(history, count, 3)!;
      expect(rowCountTrend([...history].reverse(), count, 3)!.sigmas).toBeCloseTo(trend.sigmas, 6);
      expect(rowCountTrend(history, trend.mean, 3)!.ok).toBe(true);
    }),
  );
});
