import { childOf, type Tree, type TreeEnsemble } from './tree-ensemble.ts';

export interface Contributions {
  /** Mean score over the training rows. */
  readonly base: number;
  /** Per feature, in log odds; base and all of them add up to the row's score. */
  readonly contributions: Float64Array;
}

/**
 * Exact Shapley values of one row, path-dependent: what is unknown about a row is filled in by the shares of training rows
 * that went each way (Lundberg, Erion, Lee 2018, algorithm 2). The same numbers as LightGBM's `pred_contrib`.
 */
export function contributionsOf({ features, trees, sigmoid }: TreeEnsemble, values: readonly number[]): Contributions {
  const contributions = new Float64Array(features.length);
  let base = 0;
  for (const tree of trees) {
    base += expectedValue(tree);
    if (tree.feature.length > 0) new Walk(tree, values, contributions).from(0, [], 1, 1, -1);
  }
  return { base: base * sigmoid, contributions: contributions.map((part) => part * sigmoid) };
}

/** Mean of the leaves by their rows. */
export function expectedValue({ leafValue, leafRows }: Tree): number {
  if (leafValue.length === 1) return leafValue[0]!;
  let sum = 0;
  let rows = 0;
  for (let i = 0; i < leafValue.length; i++) {
    sum += leafValue[i]! * leafRows[i]!;
    rows += leafRows[i]!;
  }
  return rows === 0 ? 0 : sum / rows;
}

/** A feature on the way from the root. */
interface Step {
  readonly feature: number;
  /** Share of the rows that go on when the feature is unknown. */
  readonly zero: number;
  /** 1 when this row goes on, else 0. */
  readonly one: number;
  /** Weight of the sets of known features of each size. */
  readonly weight: number;
}

class Walk {
  readonly #tree: Tree;
  readonly #values: readonly number[];
  readonly #sums: Float64Array;

  constructor(tree: Tree, values: readonly number[], sums: Float64Array) {
    this.#tree = tree;
    this.#values = values;
    this.#sums = sums;
  }

  from(node: number, before: readonly Step[], zero: number, one: number, feature: number): void {
    const tree = this.#tree;
    let path = extend(before, zero, one, feature);
    if (node < 0) {
      for (let i = 1; i < path.length; i++) {
        const step = path[i]!;
        const weight = unwoundSum(path, i);
        this.#sums[step.feature]! += weight * (step.one - step.zero) * tree.leafValue[~node]!;
      }
      return;
    }
    const split = tree.feature[node]!;
    const hot = childOf(tree, node, this.#values[split]!);
    const cold = hot === tree.left[node] ? tree.right[node]! : tree.left[node]!;
    let zeroHere = 1;
    let oneHere = 1;
    const earlier = path.findIndex((step, i) => i > 0 && step.feature === split);
    if (earlier > 0) {
      zeroHere = path[earlier]!.zero;
      oneHere = path[earlier]!.one;
      path = unwind(path, earlier);
    }
    const rows = tree.nodeRows[node]!;
    this.from(hot, path, (zeroHere * rowsOf(tree, hot)) / rows, oneHere, split);
    this.from(cold, path, (zeroHere * rowsOf(tree, cold)) / rows, 0, split);
  }
}

const rowsOf = (tree: Tree, child: number): number => (child < 0 ? tree.leafRows[~child]! : tree.nodeRows[child]!);

function extend(before: readonly Step[], zero: number, one: number, feature: number): Step[] {
  const length = before.length;
  const weights = [...before.map((step) => step.weight), length === 0 ? 1 : 0];
  for (let i = length - 1; i >= 0; i--) {
    weights[i + 1]! += (one * weights[i]! * (i + 1)) / (length + 1);
    weights[i] = (zero * weights[i]! * (length - i)) / (length + 1);
  }
  return [...before, { feature, zero, one, weight: 0 }].map((step, i) => ({ ...step, weight: weights[i]! }));
}

function unwind(path: readonly Step[], place: number): Step[] {
  const last = path.length - 1;
  const { zero, one } = path[place]!;
  const weights = path.map((step) => step.weight);
  let next = weights[last]!;
  for (let i = last - 1; i >= 0; i--) {
    if (one !== 0) {
      const kept = weights[i]!;
      weights[i] = (next * (last + 1)) / ((i + 1) * one);
      next = kept - (weights[i]! * zero * (last - i)) / (last + 1);
    } else {
      weights[i] = (weights[i]! * (last + 1)) / (zero * (last - i));
    }
  }
  return path.filter((_, i) => i !== place).map((step, i) => ({ ...step, weight: weights[i]! }));
}

function unwoundSum(path: readonly Step[], place: number): number {
  const last = path.length - 1;
  const { zero, one } = path[place]!;
  let next = path[last]!.weight;
  let total = 0;
  for (let i = last - 1; i >= 0; i--) {
    if (one !== 0) {
      const part = (next * (last + 1)) / ((i + 1) * one);
      total += part;
      next = path[i]!.weight - (part * zero * (last - i)) / (last + 1);
    } else {
      total += (path[i]!.weight * (last + 1)) / (zero * (last - i));
    }
  }
  return total;
}
