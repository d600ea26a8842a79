/** Sums of gradient and hessian per bin, next to each other; features one after the other. */
export type Histogram = Float64Array;

/** Where a thread's features begin in a histogram. */
export interface HistogramLayout {
  readonly features: readonly number[];
  readonly offsets: Int32Array;
  /** Bins with the one for missing values. */
  readonly bins: Int32Array;
  readonly length: number;
}

export function layoutOf(features: readonly number[], bins: Int32Array, missing: Uint8Array): HistogramLayout {
  const own = Int32Array.from(features, (f) => bins[f]! + missing[f]!);
  const offsets = new Int32Array(features.length);
  let length = 0;
  for (let i = 0; i < own.length; i++) {
    offsets[i] = length;
    length += 2 * own[i]!;
  }
  return { features, offsets, bins: own, length };
}

/**
 * Adds the rows `order[begin..end)`. This loop is most of a training's time: four features at once, so that a row's number
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
): void {
  const { offsets } = layout;
  const stride = offsets.length;
  let first = 0;
  for (; first + 4 <= stride; first += 4) {
    const at0 = offsets[first]!;
    const at1 = offsets[first + 1]!;
    const at2 = offsets[first + 2]!;
    const at3 = offsets[first + 3]!;
    addFour(sums, block, order, begin, end, gradients, stride, first, at0, at1, at2, at3);
  }
  for (; first < stride; first++) addOne(sums, block, order, begin, end, gradients, stride, first, offsets[first]!);
}

function addFour(
  sums: Histogram,
  block: Uint16Array,
  order: Int32Array,
  begin: number,
  end: number,
  gradients: Float32Array,
  stride: number,
  first: number,
  at0: number,
  at1: number,
  at2: number,
  at3: number,
): void {
  for (let i = begin; i < end; i++) {
    const row = order[i]!;
    const gradient = gradients[2 * row]!;
    const hessian = gradients[2 * row + 1]!;
    const base = row * stride + first;
    let at = at0 + 2 * block[base]!;
    sums[at]! += gradient;
    sums[at + 1]! += hessian;
    at = at1 + 2 * block[base + 1]!;
    sums[at]! += gradient;
    sums[at + 1]! += hessian;
    at = at2 + 2 * block[base + 2]!;
    sums[at]! += gradient;
    sums[at + 1]! += hessian;
    at = at3 + 2 * block[base + 3]!;
    sums[at]! += gradient;
    sums[at + 1]! += hessian;
  }
}

function addOne(
  sums: Histogram,
  block: Uint16Array,
  order: Int32Array,
  begin: number,
  end: number,
  gradients: Float32Array,
  stride: number,
  first: number,
  at0: number,
): void {
  for (let i = begin; i < end; i++) {
    const row = order[i]!;
    const at = at0 + 2 * block[row * stride + first]!;
    sums[at]! += gradients[2 * row]!;
    sums[at + 1]! += gradients[2 * row + 1]!;
  }
}

export function subtract(from: Histogram, other: Histogram): void {
  for (let i = 0; i < from.length; i++) from[i]! -= other[i]!;
}
