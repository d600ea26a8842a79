/** A step of a calibration: rows at one score, and how many of them are positive. */
export interface ScoreCell {
  readonly score: number;
  readonly rows: number;
  readonly positives: number;
}

/**
 * Isotonic regression by pooling neighbours that are in the wrong order: the non-decreasing curve of shares that fits best.
 * Between scores that were seen it is linear, beyond them constant, as scikit-learn's.
 * @param cells by rising score, each score once
 */
export function calibrate(cells: readonly ScoreCell[]): (score: number) => number {
  const pools: { rows: number; positives: number; cells: number }[] = [];
  for (const { rows, positives } of cells) {
    let pool = { rows, positives, cells: 1 };
    for (
      let last = pools.at(-1);
      last && last.positives * pool.rows >= pool.positives * last.rows;
      last = pools.at(-1)
    ) {
      pools.pop();
      pool = {
        rows: last.rows + pool.rows,
        positives: last.positives + pool.positives,
        cells: last.cells + pool.cells,
      };
    }
    pools.push(pool);
  }
  const scores = cells.map(({ score }) => score);
  const shares = pools.flatMap((pool) => new Array<number>(pool.cells).fill(pool.positives / pool.rows));
  return (score) => interpolate(scores, shares, score);
}

function interpolate(scores: readonly number[], shares: readonly number[], score: number): number {
  let [low, high] = [0, scores.length - 1];
  if (score <= scores[low]!) return shares[low]!;
  if (score >= scores[high]!) return shares[high]!;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (scores[middle]! <= score) low = middle;
    else high = middle;
  }
  const part = (score - scores[low]!) / (scores[high]! - scores[low]!);
  return shares[low]! + part * (shares[high]! - shares[low]!);
}
