import type { Prng } from '../prng.ts';
import { binOf, categoryCodes, holdsMissing, knownValues, numericBounds } from './binning.ts';
import { searchCategory } from './category-split.ts';
import { type HistogramLayout, layoutOf } from './histogram.ts';
import { compileKernels, type Kernels } from './kernels/kernels.ts';
import { take } from './kernels/shared-memory.ts';
import { bitsetWords, JOB_FIELDS, ownFeatures, PIECE, pieces, type TrainingMemory } from './memory.ts';
import { noSplit, searchNumber } from './split.ts';

/** What the threads are told to do together. */
export const OP = { bin: 1, gradients: 2, search: 3, end: 4 } as const;

/**
 * How a leaf's histogram comes to be: its rows are summed; or it is its parent's, less another histogram, or less the rows
 * that are not its own.
 */
export const MODE = { none: 0, add: 1, subtract: 2, remove: 3 } as const;

/** Fields of a job in `task`. */
export const JOB = {
  mode: 0,
  begin: 1,
  end: 2,
  slot: 3,
  other: 4,
  search: 5,
  gradient: 6,
  hessian: 7,
  rows: 8,
} as const;
/** Fields of a job in `results`. */
export const RESULT = { gain: 0, feature: 1, bin: 2, missingLeft: 3, gradient: 4, hessian: 5, category: 6 } as const;
/** `task` begins with the operation and the number of jobs. */
export const jobAt = (job: number): number => 2 + job * JOB_FIELDS;

/** Keeps a row that is surely positive from odds without end. */
const MOST_ODDS = 1e300;

/** One thread's share of the work: bins, histograms and splits of its own features. */
export class Participant {
  readonly #memory: TrainingMemory;
  readonly #thread: number;
  readonly #features: readonly number[];
  readonly #histograms: Float64Array[] = [];
  #layout: HistogramLayout | undefined;
  #kernels: Kernels | undefined;

  constructor(memory: TrainingMemory, thread: number) {
    this.#memory = memory;
    this.#thread = thread;
    this.#features = ownFeatures(thread, memory.columns.length, memory.threads);
  }

  /** @returns false at the end */
  perform(): boolean {
    const { task } = this.#memory;
    if (task[0] === OP.end) return false;
    if (task[0] === OP.bin) this.#binAll();
    else if (task[0] === OP.gradients) this.#gradients();
    else for (let job = 0; job < task[1]!; job++) this.#job(job);
    return true;
  }

  #binAll(): void {
    const { blocks } = this.#memory;
    const block = blocks[this.#thread]!;
    for (const [place, feature] of this.#features.entries()) this.#bin(feature, block, place);
  }

  #bin(feature: number, block: Uint16Array, place: number): void {
    const { columns, rows, sample, params, bounds, bins, missing, isCategory, binned } = this.#memory;
    const values = columns[feature]!;
    const own = binned[feature]!;
    const category = isCategory[feature] === 1;
    const known = knownValues(values, sample);
    const hasMissing = category || holdsMissing(values);
    const room = params.bins - (hasMissing ? 1 : 0);
    const found = category ? categoryCodes(known, room) : numericBounds(known.sort(), room, params.minRowsPerBin);
    const from = feature * params.bins;
    bounds.set(found, from);
    bins[feature] = found.length;
    missing[feature] = hasMissing ? 1 : 0;
    const missingBin = found.length;
    if (category) {
      const byCode = new Map(found.map((code, bin) => [code, bin]));
      for (let row = 0; row < rows; row++) own[row] = byCode.get(values[row]!) ?? missingBin;
    } else {
      for (let row = 0; row < rows; row++) {
        const value = values[row]!;
        own[row] = Number.isNaN(value) ? missingBin : binOf(value, bounds, from, found.length);
      }
    }
    const stride = this.#features.length;
    for (let row = 0; row < rows; row++) block[row * stride + place] = own[row]!;
  }

  /** Of the logistic loss, for every n-th piece of `order`, once the leaves of the last tree have moved the odds of their rows. */
  #gradients(): void {
    const { rows, threads, odds, target, order, gradients, pieceSums, weight, leafEnds, leafFactors } = this.#memory;
    const positiveWeight = weight[0]!;
    for (let piece = this.#thread; piece < pieces(rows); piece += threads) {
      let gradientSum = 0;
      let hessianSum = 0;
      const end = Math.min(rows, (piece + 1) * PIECE);
      let leaf = 0;
      for (let i = piece * PIECE; i < end; leaf++) {
        const leafEnd = Math.min(end, leafEnds[leaf]!);
        const factor = leafFactors[leaf]!;
        for (; i < leafEnd; i++) {
          const row = order[i]!;
          const now = Math.min(odds[row]! * factor, MOST_ODDS);
          odds[row] = now;
          const negative = 1 / (1 + now);
          const probability = now * negative;
          const label = target[row]!;
          const counts = 1 + label * (positiveWeight - 1);
          gradients[2 * row] = (probability - label) * counts;
          gradients[2 * row + 1] = probability * negative * counts;
          gradientSum += gradients[2 * row]!;
          hessianSum += gradients[2 * row + 1]!;
        }
      }
      pieceSums[2 * piece] = gradientSum;
      pieceSums[2 * piece + 1] = hessianSum;
    }
  }

  #job(job: number): void {
    const { task, blocks, order, gradients, wasm, bins, missing } = this.#memory;
    this.#layout ??= layoutOf(this.#features, bins, missing);
    this.#kernels ??= compileKernels(wasm, this.#layout.offsets);
    const at = jobAt(job);
    const mode = task[at + JOB.mode]!;
    if (mode === MODE.none) return;
    const sums = this.#histogram(task[at + JOB.slot]!);
    const [from, to] = [sums.byteOffset, sums.byteOffset + sums.byteLength];
    if (mode === MODE.subtract) {
      this.#kernels.subtract(from, to, this.#histogram(task[at + JOB.other]!).byteOffset);
    } else {
      const begin = order.byteOffset + 4 * task[at + JOB.begin]!;
      const end = order.byteOffset + 4 * task[at + JOB.end]!;
      if (mode === MODE.add) this.#kernels.clear(from, to);
      const sum = mode === MODE.add ? this.#kernels.addRows : this.#kernels.removeRows;
      sum(begin, end, gradients.byteOffset, blocks[this.#thread]!.byteOffset, from);
    }
    if (task[at + JOB.search] === 1) this.#search(job, sums, this.#layout);
  }

  #histogram(slot: number): Float64Array {
    this.#histograms[slot] ??= take(this.#memory.wasm, Float64Array, this.#layout!.length);
    return this.#histograms[slot];
  }

  #search(job: number, sums: Float64Array, { offsets }: HistogramLayout): void {
    const { task, params, bins, missing, isCategory, allowed, results, leftBins } = this.#memory;
    const at = jobAt(job);
    const leaf = {
      gradient: task[at + JOB.gradient]!,
      hessian: task[at + JOB.hessian]!,
      rows: task[at + JOB.rows]!,
    };
    const best = noSplit();
    for (const [place, feature] of this.#features.entries()) {
      if (!allowed[feature]) continue;
      const begin = offsets[place]!;
      const count = bins[feature]!;
      if (isCategory[feature]) searchCategory(best, sums, begin, count, feature, leaf, params);
      else searchNumber(best, sums, begin, count, missing[feature] === 1, feature, leaf, params);
    }
    const result = results[this.#thread]!;
    const field = job * JOB_FIELDS;
    result[field + RESULT.gain] = best.gain;
    result[field + RESULT.feature] = best.feature;
    result[field + RESULT.bin] = best.bin;
    result[field + RESULT.missingLeft] = best.missingLeft ? 1 : 0;
    result[field + RESULT.gradient] = best.leftGradient;
    result[field + RESULT.hessian] = best.leftHessian;
    result[field + RESULT.category] = best.leftBins ? 1 : 0;
    if (best.leftBins) leftBins[this.#thread]!.set(best.leftBins, job * bitsetWords(params.bins));
  }
}

/** Rows that bins are made from: all, or a seeded draw. */
export function drawSample(memory: TrainingMemory, prng: Prng): void {
  memory.sample.set(prng.sample(memory.rows, memory.sample.length));
}
