import { type Dataset, shared } from '../dataset.ts';
import { newMemory, take, type WasmMemory } from './kernels/shared-memory.ts';
import type { GbdtParams } from './params.ts';

/** Most jobs of one task: the two children of a split. */
export const JOBS = 2;
/** Numbers per job in `task` and in `results`; their meaning is in crew.ts. */
export const JOB_FIELDS = 9;

/**
 * Everything the threads share. Each feature belongs to one thread, which alone sums its histograms, row after row: so
 * sums, and with them the model, do not depend on how many threads there are.
 */
export interface TrainingMemory {
  readonly params: GbdtParams;
  readonly seed: number;
  readonly threads: number;
  readonly rows: number;
  readonly columns: readonly Float64Array[];
  readonly isCategory: Uint8Array;
  /** Where everything is that the kernels read or write. */
  readonly wasm: WasmMemory;
  readonly target: Uint8Array;
  readonly validation: { readonly columns: readonly Float64Array[]; readonly target: Uint8Array } | undefined;
  /** Rows that bins are made from. */
  readonly sample: Int32Array;
  /** Bins, row after row, of each thread's features: for summing. */
  readonly blocks: readonly Uint16Array[];
  /** The same bins, feature by feature: for parting rows. */
  readonly binned: readonly Uint16Array[];
  /** Upper bounds of bins, or the codes of categories: `params.bins` per feature. */
  readonly bounds: Float64Array;
  /** Bins per feature, without the one for missing values, which comes after them. */
  readonly bins: Int32Array;
  /** 1 where the feature has missing values, so that they have a bin. Categories always have one. */
  readonly missing: Uint8Array;
  /** 1 where the tree that grows may use the feature. */
  readonly allowed: Uint8Array;
  /** Of being positive, so far: a tree multiplies them, which takes no logarithm and no exponential per row. */
  readonly odds: Float64Array;
  /** Where the last tree's leaves end in `order`, and what they multiply their rows' odds by. */
  readonly leafEnds: Int32Array;
  readonly leafFactors: Float64Array;
  /** How much a positive counts. */
  readonly weight: Float64Array;
  /** Sums of gradient and hessian per piece of `order`. */
  readonly pieceSums: Float64Array;
  /** Gradient and hessian, row after row. */
  readonly gradients: Float32Array;
  /** Rows by leaf. */
  readonly order: Int32Array;
  readonly control: Int32Array;
  readonly task: Float64Array;
  readonly results: readonly Float64Array[];
  /** Bins that go left, per thread and job, where a category was split. */
  readonly leftBins: readonly Uint32Array[];
}

/** Rows looked at to make bins: enough for thousands of bins, and a bound on time. */
const SAMPLE_ROWS = 200_000;

export const ownerOf = (feature: number, threads: number): number => threads - 1 - (feature % threads);
/** Thread 0 also leads, so it is given fewer where they do not divide. */
export function ownFeatures(thread: number, features: number, threads: number): number[] {
  return Array.from({ length: features }, (_, i) => i).filter((i) => ownerOf(i, threads) === thread);
}

export const bitsetWords = (bins: number): number => Math.ceil((bins + 1) / 32);

/** Threads share out rows by pieces, whose sums are added in one order: the same whatever the number of threads. */
export const PIECE = 4096;
export const pieces = (rows: number): number => Math.ceil(rows / PIECE);

const buffer = (bytes: number) => new SharedArrayBuffer(Math.max(8, Math.ceil(bytes / 8) * 8));

export function trainingMemory(
  train: Dataset,
  validation: Dataset | undefined,
  params: GbdtParams,
  seed: number,
  threads: number,
): TrainingMemory {
  const { rows, columns } = train;
  const features = columns.length;
  const wasm = newMemory();
  const each = <T>(make: (thread: number) => T): T[] => Array.from({ length: threads }, (_, thread) => make(thread));
  return {
    params,
    seed,
    threads,
    rows,
    columns: columns.map((c) => shared(c.values)),
    wasm,
    isCategory: Uint8Array.from(columns, (c) => (c.kind === 'category' ? 1 : 0)),
    target: shared(train.target),
    validation: validation && {
      columns: validation.columns.map((c) => shared(c.values)),
      target: shared(validation.target),
    },
    sample: new Int32Array(buffer(Math.min(rows, SAMPLE_ROWS) * 4), 0, Math.min(rows, SAMPLE_ROWS)),
    blocks: each((t) => take(wasm, Uint16Array, rows * ownFeatures(t, features, threads).length)),
    binned: columns.map(() => take(wasm, Uint16Array, rows)),
    bounds: new Float64Array(buffer(features * params.bins * 8)),
    bins: new Int32Array(buffer(features * 4)),
    missing: new Uint8Array(buffer(features)),
    allowed: new Uint8Array(buffer(features)).fill(1),
    odds: new Float64Array(buffer(rows * 8)),
    leafEnds: new Int32Array(buffer(params.leaves * 4)),
    leafFactors: new Float64Array(buffer(params.leaves * 8)),
    weight: new Float64Array(buffer(8)),
    pieceSums: new Float64Array(buffer(pieces(rows) * 16)),
    gradients: take(wasm, Float32Array, 2 * rows),
    order: take(wasm, Int32Array, rows),
    control: new Int32Array(buffer(64)),
    task: new Float64Array(buffer((2 + JOBS * JOB_FIELDS) * 8)),
    results: each(() => new Float64Array(buffer(JOBS * JOB_FIELDS * 8))),
    leftBins: each(() => new Uint32Array(buffer(JOBS * bitsetWords(params.bins) * 4))),
  };
}
