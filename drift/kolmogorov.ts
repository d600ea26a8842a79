import { logGamma } from './incomplete-gamma.ts';
import { kolmogorovMatrix } from './kolmogorov-matrix.ts';
import { pelzGood } from './pelz-good.ts';

/** Up to here every way is exact; above, each part of the range has the way that is exact to 1e-10 there and quick. */
const SMALL = 140;

/**
 * P(D > d) for the two-sided Kolmogorov-Smirnov statistic of n values against a known distribution. The ways and their
 * borders are Simard and L'Ecuyer's (2011), as in scipy's `kstwo`.
 */
export function kolmogorovTail(n: number, d: number): number {
  if (d <= 0) return 1;
  if (d >= 1) return 0;
  const t = n * d;
  if (t <= 0.5) return 1;
  if (t <= 1) return 1 - Math.exp(logGamma(n + 1) - n * Math.log(n) + n * Math.log(2 * t - 1));
  if (t >= n - 1) return 2 * (1 - d) ** n;
  const square = t * d;
  const twice = () => Math.min(1, 2 * smirnovTail(n, d));
  if (d >= 0.5) return twice();
  if (n <= SMALL) return square > 4 ? twice() : 1 - kolmogorovMatrix(n, d);
  if (square >= 370) return 0;
  if (square >= 2.2) return twice();
  const below = n <= 100_000 && n * d ** 1.5 <= 1.4 ? kolmogorovMatrix(n, d) : pelzGood(n, d);
  return Math.min(1, Math.max(0, 1 - below));
}

/** Beyond, the sum has too many terms; its limit is off by less than 1e-8 there. The same border as scipy's. */
const LARGEST_SUM = 1_000_000;

/** P(D+ > d) of the one-sided statistic: the sum of Birnbaum and Tingey. Terms are positive, so nothing cancels. */
export function smirnovTail(n: number, d: number): number {
  if (n > LARGEST_SUM) return Math.exp(-((6 * n * d + 1) ** 2) / (18 * n));
  const last = Math.floor(n * (1 - d));
  const logN = logGamma(n + 1);
  let sum = 0;
  for (let j = 0; j <= last; j++) {
    const up = d + j / n;
    const down = 1 - up;
    const logChoose = logN - logGamma(j + 1) - logGamma(n - j + 1);
    const power = n - j === 0 ? 0 : (n - j) * Math.log(Math.max(down, 0));
    sum += Math.exp(logChoose + (j - 1) * Math.log(up) + power);
  }
  return d * sum;
}
