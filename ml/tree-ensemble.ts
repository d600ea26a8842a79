import type { Feature, Table } from './dataset.ts';

/** Bits of a node's decision, as LightGBM's text format has them. */
export const DECISION = { category: 1, missingLeft: 2 } as const;
/** What counts as missing at a node: nothing (a NaN is read as 0), zero, or NaN. Two bits of the decision from this one on. */
export const MISSING_SHIFT = 2;
export const MISSING = { none: 0, zero: 1, nan: 2 } as const;

/**
 * A binary tree in arrays. A child that is not negative is a node, else the leaf `~child`. Node 0 is the root; a tree of one
 * leaf has no nodes.
 */
export interface Tree {
  readonly feature: Int32Array;
  /** A number goes left when it is not above this; of a category, which of the sets in `categories`. */
  readonly threshold: Float64Array;
  readonly decision: Uint8Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** Loss taken away by each split. */
  readonly gain: Float64Array;
  readonly nodeValue: Float64Array;
  readonly nodeWeight: Float64Array;
  readonly nodeRows: Float64Array;
  /** What a leaf adds to the score, learning rate included. */
  readonly leafValue: Float64Array;
  /** Sum of hessians. */
  readonly leafWeight: Float64Array;
  readonly leafRows: Float64Array;
  /** Bitsets of codes that go left. */
  readonly categories: readonly Uint32Array[];
}

/** Scores of rows are sums over the trees; a probability is their logistic function. */
export interface TreeEnsemble {
  readonly features: readonly Feature[];
  readonly trees: readonly Tree[];
  /** Factor of the score in the logistic function; 1 but for models that others trained. */
  readonly sigmoid: number;
}

const ZERO = 1e-35;

/** Which way a value goes at a node: the child. */
export function childOf(tree: Tree, node: number, given: number): number {
  const decision = tree.decision[node]!;
  const missing = decision >>> MISSING_SHIFT;
  if (decision & DECISION.category) {
    const goesLeft = given >= 0 && holds(tree.categories[tree.threshold[node]!]!, Math.trunc(given));
    return goesLeft ? tree.left[node]! : tree.right[node]!;
  }
  const value = Number.isNaN(given) && missing !== MISSING.nan ? 0 : given;
  const isMissing = missing === MISSING.nan ? Number.isNaN(value) : missing === MISSING.zero && Math.abs(value) <= ZERO;
  const goesLeft = isMissing ? (decision & DECISION.missingLeft) !== 0 : value <= tree.threshold[node]!;
  return goesLeft ? tree.left[node]! : tree.right[node]!;
}

const holds = (set: Uint32Array, code: number): boolean =>
  code < set.length * 32 && ((set[code >>> 5]! >>> (code & 31)) & 1) === 1;

/** Adds one tree's part to each row's score. */
export function addTree(scores: Float64Array, tree: Tree, columns: readonly Float64Array[]): void {
  if (tree.feature.length === 0) {
    for (let row = 0; row < scores.length; row++) scores[row]! += tree.leafValue[0]!;
    return;
  }
  for (let row = 0; row < scores.length; row++) {
    let node = 0;
    while (node >= 0) node = childOf(tree, node, columns[tree.feature[node]!]![row]!);
    scores[row]! += tree.leafValue[~node]!;
  }
}

/** Log odds per row. */
export function scoresOf(ensemble: TreeEnsemble, { columns, rows }: Table): Float64Array {
  const scores = new Float64Array(rows);
  const values = columns.map((column) => column.values);
  for (const tree of ensemble.trees) addTree(scores, tree, values);
  return scores;
}

export const logistic = (score: number): number => 1 / (1 + Math.exp(-score));

export function probabilitiesOf(ensemble: TreeEnsemble, table: Table): Float64Array {
  return scoresOf(ensemble, table).map((score) => logistic(ensemble.sigmoid * score));
}
