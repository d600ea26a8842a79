import type { Prng } from '../prng.ts';
import { binOf, categoryCodes, numericBounds } from './binning.ts';
import { searchCategory } from './category-split.ts';
import { addRows, type HistogramLayout, layoutOf, strideOf, subtract } from './histogram.ts';
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

/** One thread's share of the work: bins, histograms and splits of its own features. */
export class Participant {
  readonly #memory: TrainingMemory;
  readonly #thread: number;
  readonly #features: readonly number[];
  readonly #histograms: Float64Array[] = [];
  #layout: HistogramLayout | undefined;

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
    const sorted = Float64Array.from(sample, (row) => values[row]!).filter((value) => !Number.isNaN(value));
    const hasMissing = category || values.some((value) => Number.isNaN(value));
    const room = params.bins - (hasMissing ? 1 : 0);
    const found = category ? categoryCodes(sorted, room) : numericBounds(sorted.sort(), room, params.minRowsPerBin);
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
    const stride = strideOf(this.#features.length);
    for (let row = 0; row < rows; row++) block[row * stride + place] = own[row]!;
  }

  /** Of the logistic loss, for every n-th piece of rows. */
  #gradients(): void {
    const { rows, threads, scores, target, gradients, pieceSums } = this.#memory;
    const weight = this.#memory.weight[0]!;
    for (let piece = this.#thread; piece < pieces(rows); piece += threads) {
      let gradientSum = 0;
      let hessianSum = 0;
      const end = Math.min(rows, (piece + 1) * PIECE);
      for (let row = piece * PIECE; row < end; row++) {
        const probability = 1 / (1 + Math.exp(-scores[row]!));
        const positive = target[row] === 1;
        const gradient = positive ? (probability - 1) * weight : probability;
        const hessian = probability * (1 - probability) * (positive ? weight : 1);
        gradients[2 * row] = gradient;
        gradients[2 * row + 1] = hessian;
        gradientSum += gradients[2 * row]!;
        hessianSum += gradients[2 * row + 1]!;
      }
      pieceSums[2 * piece] = gradientSum;
      pieceSums[2 * piece + 1] = hessianSum;
    }
  }

  #job(job: number): void {
    const { task, blocks, order, gradients } = this.#memory;
    this.#layout ??= layoutOf(this.#features, this.#memory.bins, this.#memory.missing);
    const at = jobAt(job);
    const mode = task[at + JOB.mode]!;
    if (mode === MODE.none) return;
    const sums = this.#histogram(task[at + JOB.slot]!);
    const [begin, end] = [task[at + JOB.begin]!, task[at + JOB.end]!];
    if (mode === MODE.add) {
      sums.fill(0);
      addRows(sums, this.#layout, blocks[this.#thread]!, order, begin, end, gradients, 1);
    } else if (mode === MODE.subtract) {
      subtract(sums, this.#histogram(task[at + JOB.other]!));
    } else if (mode === MODE.remove) {
      addRows(sums, this.#layout, blocks[this.#thread]!, order, begin, end, gradients, -1);
    }
    if (task[at + JOB.search] === 1) this.#search(job, sums, this.#layout);
  }

  #histogram(slot: number): Float64Array {
    this.#histograms[slot] ??= new Float64Array(this.#layout!.length);
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
