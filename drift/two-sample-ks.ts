import { kolmogorovTail } from './kolmogorov.ts';

/** Up to this many rows on both sides the p-value is exact; above, that of n m / (n + m) values against a known one. */
export const EXACT_ROWS = 10_000;

/** P(D >= d) of the two-sample Kolmogorov-Smirnov statistic when both samples come from one distribution. */
export function twoSampleTail(d: number, n: number, m: number): number {
  if (Math.max(n, m) <= EXACT_ROWS) return exactTail(d, n, m);
  return kolmogorovTail(Math.round((n * m) / (n + m)), d);
}

/**
 * The share of lattice paths from (0, 0) to (n, m) that anywhere leave |x/n - y/m| < d. A path to (x, y) came from the left
 * with probability x / (x + y), so shares are averaged on the way and small ones keep their digits. Outside the band the
 * share is 1 and nothing is computed.
 */
function exactTail(d: number, n: number, m: number): number {
  const common = gcd(n, m);
  const right = m / common;
  const up = n / common;
  const limit = Math.round(d * right * n);
  if (limit === 0) return 1;
  const shares = new Float64Array(m + 1).fill(1);
  for (let x = 0; x <= n; x++) {
    const from = Math.max(0, Math.floor((x * right - limit) / up) + 1);
    const to = Math.min(m, Math.ceil((x * right + limit) / up) - 1);
    if (from > 0) shares[from - 1] = 1;
    for (let y = from; y <= to; y++) {
      shares[y] = x + y === 0 ? 0 : (x * shares[y]! + (y > 0 ? y * shares[y - 1]! : 0)) / (x + y);
    }
  }
  return limit > right * n ? 0 : Math.min(1, shares[m]!);
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
