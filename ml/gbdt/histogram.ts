/** Where a thread's features begin in a histogram: sums of gradient and hessian per bin, next to each other, feature after feature. */
export interface HistogramLayout {
  readonly offsets: Int32Array;
  readonly length: number;
}

export function layoutOf(features: readonly number[], bins: Int32Array, missing: Uint8Array): HistogramLayout {
  const offsets = new Int32Array(features.length);
  let length = 0;
  for (const [place, feature] of features.entries()) {
    offsets[place] = length;
    length += 2 * (bins[feature]! + missing[feature]!);
  }
  return { offsets, length };
}
