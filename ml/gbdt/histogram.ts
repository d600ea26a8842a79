/** Sums of gradient and hessian per bin, next to each other; features one after the other. */
export type Histogram = Float64Array;

/** Where a thread's features begin in a histogram. */
export interface HistogramLayout {
  readonly offsets: Int32Array;
  readonly length: number;
}

/** Features of a row's block, filled up so that they can be summed by fours. */
export const strideOf = (features: number): number => Math.ceil(features / 4) * 4;

export function layoutOf(features: readonly number[], bins: Int32Array, missing: Uint8Array): HistogramLayout {
  const offsets = new Int32Array(strideOf(features.length));
  let length = 0;
  for (let i = 0; i < offsets.length; i++) {
    offsets[i] = length;
    const feature = features[i];
    // What fills up the last four has one bin, which nobody reads.
    length += feature === undefined ? 2 : 2 * (bins[feature]! + missing[feature]!);
  }
  return { offsets, length };
}

/**
 * Adds the rows `order[begin..end)`, or takes them away (`sign` -1). This loop is most of a training's time: four features at once, so that a row's number
 * and gradients are read once for all of them.
 */
export function addRows(
  sums: Histogram,
  layout: HistogramLayout,
  block: Uint16Array,
  order: Int32Array,
  begin: number,
  end: number,
  gradients: Float32Array,
  sign: 1 | -1,
): void {
  const { offsets } = layout;
  const stride = offsets.length;
  for (let first = 0; first < stride; first += 4) {
    const at0 = offsets[first]!;
    const at1 = offsets[first + 1]!;
    const at2 = offsets[first + 2]!;
    const at3 = offsets[first + 3]!;
    addFour(sums, block, order, begin, end, gradients, sign, stride, first, at0, at1, at2, at3);
  }
}

function addFour(
  sums: Histogram,
  block: Uint16Array,
  order: Int32Array,
  begin: number,
  end: number,
  gradients: Float32Array,
  sign: 1 | -1,
  stride: number,
  first: number,
  at0: number,
  at1: number,
  at2: number,
  at3: number,
): void {
  for (let i = begin; i < end; i++) {
    const row = order[i]!;
    const gradient = sign * gradients[2 * row]!;
    const hessian = sign * gradients[2 * row + 1]!;
    const base = row * stride + first;
    let at = at0 + (block[base]! << 1);
    sums[at]! += gradient;
    sums[at + 1]! += hessian;
    at = at1 + (block[base + 1]! << 1);
    sums[at]! += gradient;
    sums[at + 1]! += hessian;
    at = at2 + (block[base + 2]! << 1);
    sums[at]! += gradient;
    sums[at + 1]! += hessian;
    at = at3 + (block[base + 3]! << 1);
    sums[at]! += gradient;
    sums[at + 1]! += hessian;
  }
}

export function subtract(from: Histogram, other: Histogram): void {
  for (let i = 0; i < from.length; i++) from[i]! -= other[i]!;
}
