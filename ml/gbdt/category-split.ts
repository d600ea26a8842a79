import { bitsetWords } from './memory.ts';
import type { GbdtParams } from './params.ts';
import { type LeafSums, leafGain, type Split } from './split.ts';

/**
 * Looks for the best set of categories to go left. Few categories: each against the rest. More: they are put in the order of
 * their mean gradient, smoothed, and parted like a number, from both ends (as LightGBM does). What is missing, rare or new
 * goes right.
 * @param bins without the one for missing values
 */
export function searchCategory(
  best: Split,
  sums: Float64Array,
  at: number,
  bins: number,
  feature: number,
  leaf: LeafSums,
  params: GbdtParams,
): void {
  const search = new Search(best, sums, at, feature, leaf, params);
  if (bins <= params.oneHotCategories) {
    for (let bin = 0; bin < bins; bin++) search.consider([bin], 0);
    return;
  }
  const { categorySmoothing, maxCategoriesPerSplit, minRowsPerCategory } = params;
  const rowsPerHessian = leaf.rows / leaf.hessian;
  const used: number[] = [];
  for (let bin = 0; bin < bins; bin++) {
    if (sums[at + 2 * bin + 1]! * rowsPerHessian >= categorySmoothing) used.push(bin);
  }
  const mean = (bin: number) => sums[at + 2 * bin]! / (sums[at + 2 * bin + 1]! + categorySmoothing);
  used.sort((a, b) => mean(a) - mean(b) || a - b);
  const most = Math.min(maxCategoriesPerSplit, Math.ceil(used.length / 2));
  for (const ordered of [used, [...used].reverse()]) {
    for (let count = 1; count <= most; count++)
      search.consider(ordered.slice(0, count), params.categoryL2, minRowsPerCategory);
  }
}

class Search {
  readonly #best: Split;
  readonly #sums: Float64Array;
  readonly #at: number;
  readonly #feature: number;
  readonly #leaf: LeafSums;
  readonly #params: GbdtParams;

  constructor(best: Split, sums: Float64Array, at: number, feature: number, leaf: LeafSums, params: GbdtParams) {
    this.#best = best;
    this.#sums = sums;
    this.#at = at;
    this.#feature = feature;
    this.#leaf = leaf;
    this.#params = params;
  }

  /** @param moreL2 categories fit by chance more easily than a threshold does */
  consider(left: readonly number[], moreL2: number, minRows = 1): void {
    const { gradient, hessian, rows } = this.#leaf;
    const { l2, minHessian, minRowsPerLeaf, minGain, bins } = this.#params;
    let g = 0;
    let h = 0;
    for (const bin of left) {
      g += this.#sums[this.#at + 2 * bin]!;
      h += this.#sums[this.#at + 2 * bin + 1]!;
    }
    const leftRows = Math.round((h * rows) / hessian);
    const enough = Math.max(minRowsPerLeaf, minRows);
    if (h < minHessian || hessian - h < minHessian || leftRows < enough || rows - leftRows < enough) return;
    const unsplit = leafGain(gradient, hessian, l2) + minGain;
    const gain = leafGain(g, h, l2 + moreL2) + leafGain(gradient - g, hessian - h, l2 + moreL2) - unsplit;
    if (gain <= this.#best.gain) return;
    const leftBins = new Uint32Array(bitsetWords(bins));
    for (const bin of left) leftBins[bin >>> 5]! |= 1 << (bin & 31);
    Object.assign(this.#best, {
      gain,
      feature: this.#feature,
      bin: 0,
      missingLeft: false,
      leftGradient: g,
      leftHessian: h,
      leftBins,
    });
  }
}
