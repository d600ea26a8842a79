import { describe, expect, it } from 'vitest';
import { benjaminiHochberg } from '../../drift/benjamini-hochberg.ts';
import { chiSquaredTail, normalTwoSided } from '../../drift/incomplete-gamma.ts';
import { kolmogorovTail } from '../../drift/kolmogorov.ts';
import { twoSampleTail } from '../../drift/two-sample-ks.ts';

/** Relative, because tails are small. */
const close = (actual: number, expected: number) => expect(actual / expected).toBeCloseTo(1, 9);

// Computed by scipy 1.17.
describe("scipy's values", () => {
  it.each([
    [0.5, 1, 0.47950012218695337],
    [700, 1, 2.990226975124623e-154],
    [5, 4, 0.2872974951836458],
    [50, 4, 3.610865404890647e-10],
    [2000, 1900, 0.054206673889018606],
    [1800, 1900, 0.949572009118507],
  ])('chi-squared %d with %d degrees', (x, degrees, p) => close(chiSquaredTail(x, degrees), p));

  it.each([
    [0, 1],
    [0.1, 0.920344325445942],
    [1.96, 0.04999579029644087],
    [10, 1.523970604832094e-23],
    [-30, 9.813427854295816e-198],
  ])('z %d', (z, p) => close(normalTwoSided(z), p));

  it.each([
    [50, 0.1, 0.6623112704658186],
    [50, 0.19, 0.046989328202061253],
    [50, 0.3, 0.00017353260202718738],
    [50, 0.99, 2.0000000000000889e-100],
    [140, 0.05, 0.8576480297656114],
    [10, 0.6, 0.0005681672000000003],
    [1000, 0.02, 0.8108971656895577],
    [6667, 0.012, 0.289956448198632],
    [6667, 0.05, 6.335270935301516e-15],
    [150_000, 0.002, 0.5852546878861703],
    [1_500_000, 0.0008, 0.2921356725747347],
    [1_500_000, 0.0015, 0.0023394185661850583],
  ])('Kolmogorov of %d values at %d', (n, d, p) => close(kolmogorovTail(n, d), p));

  it.each([[3, 3, 1, 0.1]])('two samples of %d and %d at %d', (n, m, d, p) => close(twoSampleTail(d, n, m), p));
});

describe('the exact two-sample tail', () => {
  it('is the share of all orders of two small samples', () => {
    const [n, m] = [4, 6];
    const distances: number[] = [];
    for (let mask = 0; mask < 1 << (n + m); mask++) {
      const order = Array.from({ length: n + m }, (_, i) => (mask >> i) & 1);
      if (order.filter(Boolean).length !== n) continue;
      let [x, y, most] = [0, 0, 0];
      for (const isFirst of order) {
        if (isFirst) x++;
        else y++;
        most = Math.max(most, Math.abs(x / n - y / m));
      }
      distances.push(most);
    }
    for (const d of [0.25, 0.5, 7 / 12, 0.75, 1]) {
      const share = distances.filter((distance) => distance >= d - 1e-12).length / distances.length;
      expect(twoSampleTail(d, n, m)).toBeCloseTo(share, 12);
    }
  });
});

describe('Benjamini and Hochberg', () => {
  it('adjusts by rank, never above a larger p-value and in the order given', () => {
    const adjusted = benjaminiHochberg([0.01, 0.04, 0.03, 0.005]);
    [0.02, 0.04, 0.04, 0.02].forEach((p, i) => {
      expect(adjusted[i]).toBeCloseTo(p, 12);
    });
    expect(benjaminiHochberg([])).toEqual([]);
    expect(benjaminiHochberg([1, 1])).toEqual([1, 1]);
  });
});
