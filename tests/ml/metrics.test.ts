import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  areaUnderRoc,
  averagePrecision,
  brierScore,
  cardPrecisionAtK,
  logLoss,
  precisionAtK,
  recallAtPrecision,
} from '../../ml/metrics.ts';

/** Few distinct scores, so that ties are common. */
const cases = fc
  .array(
    fc.record({ score: fc.integer({ min: 0, max: 8 }).map((n) => n / 8), label: fc.integer({ min: 0, max: 1 }) }),
    {
      minLength: 2,
      maxLength: 40,
    },
  )
  .filter((rows) => new Set(rows.map((r) => r.label)).size === 2)
  .map((rows) => ({ scores: rows.map((r) => r.score), labels: rows.map((r) => r.label) }));

const thresholds = (scores: readonly number[]) => [...new Set(scores)].sort((a, b) => b - a);
const counts = (scores: readonly number[], labels: readonly number[], threshold: number) => {
  const alerts = labels.filter((_, i) => scores[i]! >= threshold);
  return { alerts: alerts.length, found: alerts.filter(Boolean).length, total: labels.filter(Boolean).length };
};

test('average precision is the sum over thresholds of gained recall times precision', () => {
  fc.assert(
    fc.property(cases, ({ scores, labels }) => {
      let [sum, before] = [0, 0];
      for (const threshold of thresholds(scores)) {
        const { alerts, found, total } = counts(scores, labels, threshold);
        sum += (found / total - before) * (found / alerts);
        before = found / total;
      }
      expect(averagePrecision(scores, labels)).toBeCloseTo(sum, 12);
    }),
  );
});

test('the area under the ROC curve is the share of pairs in the right order', () => {
  fc.assert(
    fc.property(cases, ({ scores, labels }) => {
      const pairs = scores.flatMap((s, i) =>
        labels[i] ? scores.filter((_, j) => !labels[j]).map((t) => (s > t ? 1 : s === t ? 0.5 : 0) as number) : [],
      );
      expect(areaUnderRoc(scores, labels)).toBeCloseTo(pairs.reduce((a, b) => a + b, 0) / pairs.length, 12);
    }),
  );
});

test('recall at a precision is the best of all thresholds', () => {
  fc.assert(
    fc.property(cases, fc.constantFrom(0.3, 0.5, 0.8, 1), ({ scores, labels }, precision) => {
      const fits = thresholds(scores)
        .map((threshold) => counts(scores, labels, threshold))
        .filter(({ alerts, found }) => found / alerts >= precision);
      const best = Math.max(0, ...fits.map(({ found, total }) => found / total));
      expect(recallAtPrecision(scores, labels, precision)).toBeCloseTo(best, 12);
    }),
  );
});

test('worked by hand', () => {
  const scores = [0.9, 0.8, 0.4, 0.1];
  const labels = [1, 0, 1, 0];
  expect(averagePrecision(scores, labels)).toBeCloseTo((1 + 2 / 3) / 2, 12);
  expect(logLoss(scores, labels)).toBeCloseTo(-(Math.log(0.9) + Math.log(0.2) + Math.log(0.4) + Math.log(0.9)) / 4, 12);
  expect(brierScore(scores, labels)).toBeCloseTo((0.01 + 0.64 + 0.36 + 0.01) / 4, 12);
  expect(precisionAtK(scores, labels, 1)).toBe(1);
  expect(precisionAtK(scores, labels, 2)).toBe(0.5);
  // Day 1: a and b are looked at, a is found. Day 2: a is not looked at again, c is.
  const cards = ['a', 'b', 'c', 'a', 'b', 'c'];
  expect(cardPrecisionAtK([3, 2, 1, 9, 1, 2], [1, 0, 0, 1, 0, 1], cards, [1, 1, 1, 2, 2, 2], 2)).toBe(0.5);
});

test('what has no metric is refused', () => {
  expect(() => averagePrecision([], [])).toThrow(/0 scores/);
  expect(() => areaUnderRoc([1, 2], [1, 1])).toThrow(/one class/);
  expect(() => logLoss([Number.NaN, 1], [0, 1])).toThrow(/row 1/);
  expect(() => brierScore([1], [0, 1])).toThrow(/1 scores for 2/);
});
