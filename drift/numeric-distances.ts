import type { Session } from '../engine/session.ts';
import { VALUES } from './values-table.ts';

/** Evidently's floor for the deviation that Wasserstein is divided by. */
const LEAST_STD = 0.001;
/** Share of the rows on each end that a plot leaves to its outermost cells. */
const TAIL = 0.005;

export interface NumericDistances {
  readonly ks: number;
  readonly wasserstein: number;
  /** Where all but the tails of both samples lie. */
  readonly from: number;
  readonly to: number;
}

/**
 * Kolmogorov-Smirnov's and Wasserstein's distance, both read off the two distribution functions: their greatest difference,
 * and the area between them in units of the reference's standard deviation.
 */
export async function numericDistances(
  session: Session,
  n: number,
  m: number,
  referenceStd: number,
): Promise<NumericDistances> {
  const [row] = await session.rows<{ ks: number; area: number | null; from: number; to: number }>(`
    SELECT max(abs(f - g)) AS ks, sum(abs(f - g) * (next - v)) AS area,
      min(v) FILTER (WHERE f + g >= ${2 * TAIL}) AS "from", min(v) FILTER (WHERE f + g >= ${2 - 2 * TAIL}) AS "to"
    FROM (SELECT v, lead(v) OVER by_value AS next, sum(r) OVER by_value / ${n}::DOUBLE AS f,
            sum(c) OVER by_value / ${m}::DOUBLE AS g
          FROM ${VALUES} WHERE v IS NOT NULL WINDOW by_value AS (ORDER BY v))`);
  return { ...row!, wasserstein: (row!.area ?? 0) / Math.max(referenceStd, LEAST_STD) };
}
