/** How a partition's row count compares with those before it. */
export interface Trend {
  readonly ok: boolean;
  readonly mean: number;
  /** Population standard deviation; never below one row per thousand or one row, so that a steady table may breathe. */
  readonly deviation: number;
  /** How many deviations away from the mean; negative: fewer rows. */
  readonly sigmas: number;
}

/** Fewer partitions say nothing about what is usual. */
export const MIN_HISTORY = 7;

/**
 * Is the count within `sigma` standard deviations of the partitions before it? Looks at history, so it may hold back a
 * publication but never changes what a build writes.
 * @param history row counts of earlier partitions, any order
 * @returns undefined while there are fewer than MIN_HISTORY of them
 */
export function rowCountTrend(history: readonly number[], count: number, sigma: number): Trend | undefined {
  if (history.length < MIN_HISTORY) return undefined;
  const mean = history.reduce((sum, rows) => sum + rows, 0) / history.length;
  const variance = history.reduce((sum, rows) => sum + (rows - mean) ** 2, 0) / history.length;
  const deviation = Math.max(Math.sqrt(variance), mean / 1000, 1);
  const sigmas = (count - mean) / deviation;
  return { ok: Math.abs(sigmas) <= sigma, mean, deviation, sigmas };
}
