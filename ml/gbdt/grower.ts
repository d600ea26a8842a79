import type { Tree } from '../tree-ensemble.ts';
import type { Crew } from './crew.ts';
import { compileKernels, type Kernels } from './kernels/kernels.ts';
import { take } from './kernels/shared-memory.ts';
import { pieces, type TrainingMemory } from './memory.ts';
import { JOB, jobAt, MODE, OP } from './participant.ts';
import { HistogramSlots } from './slots.ts';
import { type LeafSums, leafOutput, noSplit, type Split } from './split.ts';
import { TreeBuilder } from './tree-builder.ts';

interface Leaf {
  readonly number: number;
  readonly begin: number;
  readonly end: number;
  readonly depth: number;
  readonly sums: LeafSums;
  best: Split;
  /** Of its histogram; -1 where that was given up. */
  slot: number;
}

export interface Grown {
  readonly tree: Tree;
  /** Rows `order[begin..end)` of each leaf, by its number. */
  readonly leaves: readonly { readonly begin: number; readonly end: number; readonly output: number }[];
}

/** Grows trees leaf by leaf, always splitting the one that gains most. */
export class Grower {
  readonly #crew: Crew;
  readonly #memory: TrainingMemory;
  readonly #slots: HistogramSlots;
  readonly #kernels: Kernels;
  /** Room for the rows that go right. */
  readonly #scratch: Int32Array;
  /** Per bin of the feature that is split: 1 where it goes left. */
  readonly #goesLeft: Uint8Array;
  /** Of all features. */
  readonly #bins: number;

  constructor(crew: Crew) {
    this.#crew = crew;
    this.#memory = crew.memory;
    this.#slots = new HistogramSlots(this.#memory);
    const { wasm, rows, params } = this.#memory;
    this.#kernels = compileKernels(wasm, []);
    this.#scratch = take(wasm, Int32Array, rows);
    this.#goesLeft = take(wasm, Uint8Array, params.bins + 1);
    this.#bins = this.#memory.bins.reduce((sum, bins) => sum + bins, 0);
  }

  /** @param rows how many of `order` the tree is grown from */
  grow(rows: number, shift: number): Grown {
    const { params } = this.#memory;
    this.#slots.clear();
    const root = this.#root(rows);
    const builder = new TreeBuilder(this.#memory, root.sums);
    const leaves = [root];
    this.#searchRoot(root);
    while (leaves.length < params.leaves && !this.#crew.aborted) {
      const leaf = leaves.reduce((best, other) => (other.best.gain > best.best.gain ? other : best));
      if (leaf.best.gain <= 0) break;
      const children = this.#part(leaf, leaves.length);
      if (!children) {
        leaf.best = noSplit();
        continue;
      }
      const [left, right] = children;
      builder.split(leaf.number, leaf.best, left.sums, right.sums);
      leaves[leaf.number] = left;
      leaves.push(right);
      const more = leaves.length < params.leaves;
      if (more) this.#searchChildren(leaf, left, right, leaves);
      else this.#slots.free(leaf.slot);
    }
    const tree = builder.finish(shift);
    const single = leaves.length === 1;
    return {
      tree,
      leaves: leaves.map(({ begin, end, sums }) => ({
        begin,
        end,
        output: single ? 0 : params.learningRate * leafOutput(sums.gradient, sums.hessian, params.l2),
      })),
    };
  }

  #root(rows: number): Leaf {
    const { order, gradients, pieceSums } = this.#memory;
    const all = rows === this.#memory.rows;
    let gradient = 0;
    let hessian = 0;
    for (let i = 0; i < (all ? pieces(rows) : rows); i++) {
      const [from, at] = all ? [pieceSums, 2 * i] : [gradients, 2 * order[i]!];
      gradient += from[at]!;
      hessian += from[at + 1]!;
    }
    const sums = { gradient, hessian, rows };
    return { number: 0, begin: 0, end: rows, depth: 0, sums, best: noSplit(), slot: -1 };
  }

  #searchRoot(root: Leaf): void {
    root.slot = this.#slots.take([]);
    this.#job(0, root, MODE.add, -1, root);
    this.#perform([root]);
  }

  /** The smaller child is summed up, the larger is what is left of the parent. */
  #searchChildren(parent: Leaf, left: Leaf, right: Leaf, leaves: readonly Leaf[]): void {
    const [small, large] = left.sums.rows <= right.sums.rows ? [left, right] : [right, left];
    const searched = [small, large].filter((leaf) => this.#worthSearching(leaf));
    if (searched.length === 0) {
      this.#slots.free(parent.slot);
      return;
    }
    const known = parent.slot >= 0;
    // Few rows are taken out of a histogram sooner than a whole histogram is.
    const few = known && small.sums.rows * this.#memory.columns.length < this.#bins;
    const wanted = this.#worthSearching(small) || (known && !few);
    large.slot = known ? parent.slot : this.#slots.take(leaves);
    if (wanted) small.slot = this.#slots.take(leaves.filter((leaf) => leaf !== large));
    this.#job(0, small, wanted ? MODE.add : MODE.none, -1, small);
    if (few) this.#job(1, large, MODE.remove, -1, small);
    else this.#job(1, large, known ? MODE.subtract : MODE.add, small.slot, large);
    this.#perform([small, large]);
  }

  #worthSearching({ sums, depth }: Leaf): boolean {
    const { minRowsPerLeaf, minHessian, maxDepth } = this.#memory.params;
    const large = sums.rows >= 2 * minRowsPerLeaf && sums.hessian >= 2 * minHessian;
    return large && (maxDepth === 0 || depth < maxDepth);
  }

  /** @param summed the leaf whose rows are added or taken away */
  #job(job: number, leaf: Leaf, mode: number, other: number, summed: Leaf): void {
    const { task } = this.#memory;
    const at = jobAt(job);
    task[at + JOB.mode] = mode;
    task[at + JOB.begin] = summed.begin;
    task[at + JOB.end] = summed.end;
    task[at + JOB.rows] = leaf.sums.rows;
    task[at + JOB.slot] = leaf.slot;
    task[at + JOB.other] = other;
    task[at + JOB.search] = this.#worthSearching(leaf) ? 1 : 0;
    task[at + JOB.gradient] = leaf.sums.gradient;
    task[at + JOB.hessian] = leaf.sums.hessian;
  }

  #perform(leaves: readonly Leaf[]): void {
    this.#memory.task[1] = leaves.length;
    this.#crew.perform(OP.search);
    for (const [job, leaf] of leaves.entries()) {
      if (this.#worthSearching(leaf)) leaf.best = this.#crew.best(job);
      else {
        this.#slots.free(leaf.slot);
        leaf.slot = -1;
      }
    }
  }

  /** Orders the leaf's rows: those that go left, then the others, each in their old order. @returns undefined when one side is empty */
  #part(leaf: Leaf, rightNumber: number): [Leaf, Leaf] | undefined {
    const { begin, end, best, sums, depth } = leaf;
    const middle = this.#partRows(begin, end, best);
    if (middle === begin || middle === end) return undefined;
    const leftSums = { gradient: best.leftGradient, hessian: best.leftHessian, rows: middle - begin };
    const rightSums = {
      gradient: sums.gradient - best.leftGradient,
      hessian: sums.hessian - best.leftHessian,
      rows: end - middle,
    };
    const child = (number: number, from: number, to: number, of: LeafSums): Leaf => ({
      number,
      begin: from,
      end: to,
      depth: depth + 1,
      sums: of,
      best: noSplit(),
      slot: -1,
    });
    return [child(leaf.number, begin, middle, leftSums), child(rightNumber, middle, end, rightSums)];
  }

  /** @returns where the right ones begin */
  #partRows(begin: number, end: number, { feature, bin, missingLeft, leftBins }: Split): number {
    const { order, bins, binned } = this.#memory;
    const goesLeft = this.#goesLeft;
    const count = bins[feature]!;
    for (let at = 0; at < count; at++) {
      goesLeft[at] = leftBins ? (leftBins[at >>> 5]! >>> (at & 31)) & 1 : Number(at <= bin);
    }
    // The bin of missing values comes after all others.
    goesLeft[count] = Number(missingLeft);
    const from = order.byteOffset;
    const left = this.#kernels.partRows(
      from + 4 * begin,
      from + 4 * end,
      binned[feature]!.byteOffset,
      goesLeft.byteOffset,
      this.#scratch.byteOffset,
    );
    return ((left >>> 0) - from) / 4;
  }
}
