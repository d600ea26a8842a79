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
 * Adds the rows `order[begin..end)`, or takes them away (`sign` -1). This loop is most of a training's time: eight features at once, so that a
 * row's number and gradients are read once for all of them.
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
  let first = 0;
  for (; first + 8 <= stride; first += 8) {
    addEight(sums, block, order, begin, end, gradients, sign, stride, first, offsets);
  }
  if (first < stride) addFour(sums, block, order, begin, end, gradients, sign, stride, first, offsets);
}

function addEight(
  sums: Histogram,
  block: Uint16Array,
  order: Int32Array,
  begin: number,
  end: number,
  gradients: Float32Array,
  sign: 1 | -1,
  stride: number,
  first: number,
  offsets: Int32Array,
): void {
  const at0 = offsets[first]!;
  const at1 = offsets[first + 1]!;
  const at2 = offsets[first + 2]!;
  const at3 = offsets[first + 3]!;
  const at4 = offsets[first + 4]!;
  const at5 = offsets[first + 5]!;
  const at6 = offsets[first + 6]!;
  const at7 = offsets[first + 7]!;
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
    at = at4 + (block[base + 4]! << 1);
    sums[at]! += gradient;
    sums[at + 1]! += hessian;
    at = at5 + (block[base + 5]! << 1);
    sums[at]! += gradient;
    sums[at + 1]! += hessian;
    at = at6 + (block[base + 6]! << 1);
    sums[at]! += gradient;
    sums[at + 1]! += hessian;
    at = at7 + (block[base + 7]! << 1);
    sums[at]! += gradient;
    sums[at + 1]! += hessian;
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
  offsets: Int32Array,
): void {
  const at0 = offsets[first]!;
  const at1 = offsets[first + 1]!;
  const at2 = offsets[first + 2]!;
  const at3 = offsets[first + 3]!;
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
