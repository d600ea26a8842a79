import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Calibration,
  calibrate,
  calibrationError,
  fitCalibration,
  fitIsotonic,
  fitPlatt,
} from '../../ml/calibration.ts';
import { Prng } from '../../ml/prng.ts';
import { atThreshold, chooseThreshold, type ThresholdRule } from '../../ml/threshold.ts';

/** A model that is far too sure: the truth is the square root of the odds it gives. */
function overconfident(rows: number, seed: number) {
  const prng = new Prng(seed);
  const truth = Float64Array.from({ length: rows }, () => prng.next() ** 2);
  const given = truth.map((p) => p ** 2 / (p ** 2 + (1 - p) ** 2));
  const labels = Uint8Array.from(truth, (p) => (prng.next() < p ? 1 : 0));
  return { given, labels, truth };
}

const fits: Record<string, (p: Float64Array, y: Uint8Array) => Calibration> = {
  platt: fitPlatt,
  isotonic: fitIsotonic,
};
const [learned, fresh] = [overconfident(20_000, 1), overconfident(20_000, 2)];

describe.each(Object.keys(fits))('%s', (kind) => {
  const calibration = fits[kind]!(learned.given, learned.labels);

  test('brings probabilities near the truth, on rows it has not seen', () => {
    const calibrated = calibrate(calibration, fresh.given);
    expect(calibrationError(fresh.given, fresh.labels)).toBeGreaterThan(0.05);
    expect(calibrationError(calibrated, fresh.labels)).toBeLessThan(0.015);
    const farthest = calibrated.reduce((most, p, i) => Math.max(most, Math.abs(p - fresh.truth[i]!)), 0);
    expect(farthest).toBeLessThan(0.12);
  });

  test('never turns two rows around, and stays within 0 and 1', () => {
    const rising = Float64Array.from({ length: 1001 }, (_, i) => i / 1000);
    const calibrated = calibrate(calibration, rising);
    for (let i = 1; i < rising.length; i++) expect(calibrated[i]!).toBeGreaterThanOrEqual(calibrated[i - 1]!);
    expect(calibrated[0]! >= 0 && calibrated[1000]! <= 1).toBe(true);
  });

  test('survives JSON', () => {
    expect(calibrate(JSON.parse(JSON.stringify(calibration)), fresh.given)).toEqual(
      calibrate(calibration, fresh.given),
    );
  });
});

test('isotonic is the nearest rising step function: no other is nearer to the labels', () => {
  const rows = fc.array(fc.record({ p: fc.integer({ min: 0, max: 5 }), y: fc.integer({ min: 0, max: 1 }) }), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(rows, (cases) => {
      const given = Float64Array.from(cases, ({ p }) => p / 5);
      const labels = Uint8Array.from(cases, ({ y }) => y);
      const fitted = calibrate(fitIsotonic(given, labels), given);
      // Min-max formula: at each value the largest over starts of the smallest over ends of the mean in between.
      const values = [...new Set(given)].sort((a, b) => a - b);
      const meanOver = (from: number, to: number) => {
        const own = [...labels].filter((_, i) => given[i]! >= from && given[i]! <= to);
        return own.reduce((sum, y) => sum + y, 0) / own.length;
      };
      for (const [i, value] of given.entries()) {
        const starts = values.filter((v) => v <= value);
        const ends = values.filter((v) => v >= value);
        const expected = Math.max(...starts.map((from) => Math.min(...ends.map((to) => meanOver(from, to)))));
        expect(fitted[i]).toBeCloseTo(expected, 12);
      }
    }),
  );
});

describe('a threshold', () => {
  const scored = fc
    .array(
      fc.record({
        s: fc.integer({ min: 0, max: 9 }),
        y: fc.integer({ min: 0, max: 1 }),
        a: fc.integer({ min: 1, max: 50 }),
      }),
      {
        minLength: 1,
        maxLength: 25,
      },
    )
    .map((rows) => ({ scores: rows.map((r) => r.s), labels: rows.map((r) => r.y), amounts: rows.map((r) => r.a) }));

  const everyThreshold = (scores: readonly number[]) => [...new Set(scores), Infinity];
  const at = (scores: readonly number[], labels: readonly number[], amounts: readonly number[], score: number) => {
    const alerts = scores.map((s) => s >= score);
    const found = labels.filter((y, i) => y === 1 && alerts[i]).length;
    const lost = amounts.reduce((sum, amount, i) => sum + (labels[i] === 1 && !alerts[i] ? amount : 0), 0);
    const count = alerts.filter(Boolean).length;
    return { count, found, lost, precision: count ? found / count : 0 };
  };

  test('by cost is the cheapest of all', () => {
    fc.assert(
      fc.property(scored, fc.integer({ min: 0, max: 20 }), ({ scores, labels, amounts }, alertCost) => {
        const chosen = chooseThreshold(scores, labels, { by: 'cost', alertCost, amounts });
        const costs = everyThreshold(scores).map((score) => {
          const { lost, count } = at(scores, labels, amounts, score);
          return lost + count * alertCost;
        });
        expect(chosen.cost).toBeCloseTo(Math.min(...costs), 9);
        const here = at(scores, labels, amounts, chosen.score);
        expect(chosen.alerts).toBe(here.count);
        expect(here.lost + here.count * alertCost).toBeCloseTo(chosen.cost!, 9);
      }),
    );
  });

  test('by precision finds the most frauds that the target allows; by budget it uses the budget', () => {
    fc.assert(
      fc.property(
        scored,
        fc.constantFrom(0.2, 0.5, 0.9, 1),
        fc.integer({ min: 1, max: 10 }),
        (rows, target, budget) => {
          const { scores, labels, amounts } = rows;
          const all = everyThreshold(scores).map((score) => at(scores, labels, amounts, score));
          const precise = chooseThreshold(scores, labels, { by: 'precision', target });
          const most = Math.max(0, ...all.filter((t) => t.count && t.precision >= target).map((t) => t.found));
          expect(at(scores, labels, amounts, precise.score).found).toBe(most);
          expect(precise.problem === undefined).toBe(most > 0);
          const limited = chooseThreshold(scores, labels, { by: 'alerts', budget });
          expect(limited.alerts).toBe(Math.max(...all.filter((t) => t.count <= budget).map((t) => t.count)));
        },
      ),
    );
  });

  test('rules that make no sense are refused', () => {
    const rules: ThresholdRule[] = [
      { by: 'cost', alertCost: -1 },
      { by: 'cost', alertCost: Number.NaN },
      { by: 'cost', alertCost: 1, amounts: [1] },
      { by: 'precision', target: 0 },
      { by: 'precision', target: 1.5 },
      { by: 'alerts', budget: 0 },
    ];
    for (const rule of rules) {
      expect(() => chooseThreshold([0.1, 0.9], [0, 1], rule)).toThrow(expect.objectContaining({ code: 'bad_input' }));
    }
  });
});

test('few positives are calibrated by two parameters, many by steps', () => {
  const rows = (positives: number) => {
    const labels = Uint8Array.from({ length: 1000 }, (_, i) => (i < positives ? 1 : 0));
    return { given: Float64Array.from(labels, (label, i) => (label ? 0.6 : 0.2) + (i % 7) / 50), labels };
  };
  const [few, many] = [rows(199), rows(200)];
  expect(fitCalibration(few.given, few.labels)).toEqual(fitPlatt(few.given, few.labels));
  expect(fitCalibration(many.given, many.labels)).toEqual(fitIsotonic(many.given, many.labels));
});

test('when no alert is worth its cost, there is none, and it is said', () => {
  const chosen = chooseThreshold([0.1, 0.9], [0, 1], { by: 'cost', alertCost: 5, amounts: [1, 1] });
  expect(chosen).toMatchObject({ score: Infinity, alerts: 0, problem: expect.stringContaining('costs more') });
});

test('a threshold on rows it was not chosen on', () => {
  const [scores, labels] = [
    [0.9, 0.8, 0.7, 0.1],
    [1, 0, 1, 1],
  ];
  expect(atThreshold(scores, labels, 0.7)).toEqual({ alerts: 3, precision: 2 / 3, recall: 2 / 3 });
  expect(atThreshold(scores, labels, 2)).toEqual({ alerts: 0, precision: 0, recall: 0 });
});
