import { DECISION, MISSING, MISSING_SHIFT, type Tree } from '../tree-ensemble.ts';
import type { TrainingMemory } from './memory.ts';
import { type LeafSums, leafOutput, type Split } from './split.ts';

/** Text formats and languages differ in how they write infinity. */
const ENDLESS = 1e300;

/** Collects nodes while a tree grows. A split leaf keeps its number as the left child; the right one gets the next. */
export class TreeBuilder {
  readonly #memory: TrainingMemory;
  readonly #nodes: {
    split: Split;
    decision: number;
    threshold: number;
    left: number;
    right: number;
    sums: LeafSums;
  }[] = [];
  readonly #leaves: LeafSums[];
  /** Per leaf: the node above it, as it is found from the left or right. */
  readonly #above: { node: number; side: 'left' | 'right' }[] = [];
  readonly #categories: Uint32Array[] = [];

  constructor(memory: TrainingMemory, root: LeafSums) {
    this.#memory = memory;
    this.#leaves = [root];
  }

  split(leaf: number, split: Split, left: LeafSums, right: LeafSums): void {
    const node = this.#nodes.length;
    const { missing } = this.#memory;
    // What training never saw as missing goes where most rows went.
    const missingLeft = missing[split.feature] ? split.missingLeft : left.rows >= right.rows;
    const decision = split.leftBins
      ? DECISION.category
      : (MISSING.nan << MISSING_SHIFT) | (missingLeft ? DECISION.missingLeft : 0);
    const above = this.#above[leaf];
    if (above) this.#nodes[above.node]![above.side] = node;
    const right_ = this.#leaves.length;
    this.#nodes.push({
      split,
      decision,
      threshold: this.#threshold(split),
      left: ~leaf,
      right: ~right_,
      sums: this.#leaves[leaf]!,
    });
    this.#leaves[leaf] = left;
    this.#leaves.push(right);
    this.#above[leaf] = { node, side: 'left' };
    this.#above[right_] = { node, side: 'right' };
  }

  /** @param shift added to every value: the score that training began with, in the first tree */
  finish(shift: number): Tree {
    const { l2, learningRate } = this.#memory.params;
    const value = ({ gradient, hessian }: LeafSums) => learningRate * leafOutput(gradient, hessian, l2) + shift;
    const nodes = this.#nodes;
    const leaves = this.#leaves;
    const single = nodes.length === 0;
    return {
      feature: Int32Array.from(nodes, (n) => n.split.feature),
      threshold: Float64Array.from(nodes, (n) => n.threshold),
      decision: Uint8Array.from(nodes, (n) => n.decision),
      left: Int32Array.from(nodes, (n) => n.left),
      right: Int32Array.from(nodes, (n) => n.right),
      gain: Float64Array.from(nodes, (n) => n.split.gain),
      nodeValue: Float64Array.from(nodes, (n) => value(n.sums)),
      nodeWeight: Float64Array.from(nodes, (n) => n.sums.hessian),
      nodeRows: Float64Array.from(nodes, (n) => n.sums.rows),
      leafValue: Float64Array.from(leaves, (sums) => (single ? shift : value(sums))),
      leafWeight: Float64Array.from(leaves, (sums) => sums.hessian),
      leafRows: Float64Array.from(leaves, (sums) => sums.rows),
      categories: this.#categories,
    };
  }

  #threshold(split: Split): number {
    const { bounds, params } = this.#memory;
    const from = split.feature * params.bins;
    if (!split.leftBins) return Math.min(bounds[from + split.bin]!, ENDLESS);
    const codes: number[] = [];
    for (let bin = 0; bin < this.#memory.bins[split.feature]!; bin++) {
      if ((split.leftBins[bin >>> 5]! >>> (bin & 31)) & 1) codes.push(bounds[from + bin]!);
    }
    const set = new Uint32Array((Math.max(...codes) >>> 5) + 1);
    for (const code of codes) set[code >>> 5]! |= 1 << (code & 31);
    this.#categories.push(set);
    return this.#categories.length - 1;
  }
}
