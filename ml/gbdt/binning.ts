/** Values of the rows, without NaN. Plain loops here: array functions that are handed a function take twenty times as long. */
export function knownValues(values: Float64Array, rows: Int32Array): Float64Array {
  const known = new Float64Array(rows.length);
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    const value = values[rows[i]!]!;
    if (!Number.isNaN(value)) known[count++] = value;
  }
  return known.subarray(0, count);
}

export function holdsMissing(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) return true;
  return false;
}

/**
 * Bounds of a number's bins from a sorted sample without NaN, at most `maxBins`; a value belongs to the first bin whose
 * bound is not below it, and the last bound is infinite. Bins hold about equally many rows; a value that alone fills a
 * bin gets one of its own (as LightGBM does it).
 */
export function numericBounds(sorted: Float64Array, maxBins: number, minRowsPerBin: number): number[] {
  const { values, counts } = distinct(sorted);
  const bounds =
    values.length <= maxBins
      ? everyValue(values, counts, minRowsPerBin)
      : equalRows(values, counts, sorted.length, maxBins, minRowsPerBin);
  return [...bounds, Infinity];
}

function distinct(sorted: Float64Array): { values: number[]; counts: number[] } {
  const values: number[] = [];
  const counts: number[] = [];
  for (const value of sorted) {
    if (values.length > 0 && values[values.length - 1] === value) counts[counts.length - 1]! += 1;
    else {
      values.push(value);
      counts.push(1);
    }
  }
  return { values, counts };
}

/** Not below `low` and below `high`: where they are neighbours among the floats, their middle may round up to `high`. */
function between(low: number, high: number): number {
  const middle = low + (high - low) / 2;
  return middle < high ? middle : low;
}

function everyValue(values: readonly number[], counts: readonly number[], minRows: number): number[] {
  const bounds: number[] = [];
  let rows = 0;
  for (let i = 0; i + 1 < values.length; i++) {
    rows += counts[i]!;
    if (rows < minRows) continue;
    bounds.push(between(values[i]!, values[i + 1]!));
    rows = 0;
  }
  return bounds;
}

function equalRows(
  values: readonly number[],
  counts: readonly number[],
  total: number,
  maxBins: number,
  minRows: number,
): number[] {
  const most = Math.max(1, Math.min(maxBins, Math.floor(total / minRows)));
  let size = total / most;
  const big = counts.map((count) => count >= size);
  let restRows = total;
  let restBins = most;
  for (let i = 0; i < counts.length; i++) {
    if (!big[i]) continue;
    restRows -= counts[i]!;
    restBins -= 1;
  }
  size = restRows / restBins;
  const bounds: number[] = [];
  let rows = 0;
  for (let i = 0; i + 1 < values.length && bounds.length < most - 1; i++) {
    if (!big[i]) restRows -= counts[i]!;
    rows += counts[i]!;
    const full = big[i] || rows >= size || (big[i + 1] && rows >= Math.max(1, size * 0.5));
    if (!full) continue;
    bounds.push(between(values[i]!, values[i + 1]!));
    rows = 0;
    if (!big[i]) {
      restBins -= 1;
      size = restRows / restBins;
    }
  }
  return bounds;
}

/** Codes by how often they occur, at most `maxBins`; the rest is treated as missing. */
export function categoryCodes(sample: Float64Array, maxBins: number): number[] {
  const counts = new Map<number, number>();
  for (const code of sample) counts.set(code, (counts.get(code) ?? 0) + 1);
  const byCount = [...counts].sort(([a, m], [b, n]) => n - m || a - b);
  return byCount.slice(0, maxBins).map(([code]) => code);
}

/** The first of `bounds[from..from + count)` that is not below the value, as a bin from 0. */
export function binOf(value: number, bounds: Float64Array, from: number, count: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= bounds[from + middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}
