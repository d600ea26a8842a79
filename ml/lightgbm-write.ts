import type { Tree, TreeEnsemble } from './tree-ensemble.ts';
import { DECISION } from './tree-ensemble.ts';

/**
 * LightGBM's text format, version 4, of a binary model. Numbers are written so that they are read back to the last bit.
 * Labels of categories are not part of it: they stay with the model's signature.
 */
export function writeLightgbm({ features, trees, sigmoid }: TreeEnsemble): string {
  const texts = trees.map((tree, i) => treeText(tree, i));
  const head = [
    'tree',
    'version=v4',
    'num_class=1',
    'num_tree_per_iteration=1',
    'label_index=0',
    `max_feature_idx=${features.length - 1}`,
    `objective=binary sigmoid:${sigmoid}`,
    `feature_names=${features.map((f) => plainName(f.name)).join(' ')}`,
    // Ranges of the training data are for people; `none` would mark a feature as unused.
    `feature_infos=${features.map((f) => (f.kind === 'category' ? '0' : '[-inf:inf]')).join(' ')}`,
    `tree_sizes=${texts.map((text) => Buffer.byteLength(text)).join(' ')}`,
  ];
  const importances = splitCounts(trees, features.length)
    .map((count, i) => ({ name: plainName(features[i]!.name), count }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
  return [
    `${head.join('\n')}\n\n${texts.join('')}end of trees\n`,
    'feature_importances:',
    ...importances.map(({ name, count }) => `${name}=${count}`),
    '',
    'parameters:',
    '[boosting: gbdt]',
    '[objective: binary]',
    'end of parameters',
    '',
    'pandas_categorical:null',
    '',
  ].join('\n');
}

/** Blanks part the names, and LightGBM refuses JSON's signs in them. */
export const plainName = (name: string): string => name.replaceAll(/[\s,:[\]{}"=]/g, '_');

const numbers = (values: ArrayLike<number>): string => Array.from(values, String).join(' ');

function treeText(tree: Tree, number: number): string {
  const leaves = tree.leafValue.length;
  const categories = tree.categories.length;
  const lines = [`Tree=${number}`, `num_leaves=${leaves}`, `num_cat=${categories}`];
  if (leaves > 1) {
    lines.push(
      `split_feature=${numbers(tree.feature)}`,
      `split_gain=${numbers(tree.gain)}`,
      `threshold=${numbers(tree.threshold)}`,
      `decision_type=${numbers(tree.decision)}`,
      `left_child=${numbers(tree.left)}`,
      `right_child=${numbers(tree.right)}`,
      `leaf_value=${numbers(tree.leafValue)}`,
      `leaf_weight=${numbers(tree.leafWeight)}`,
      `leaf_count=${numbers(tree.leafRows)}`,
      `internal_value=${numbers(tree.nodeValue)}`,
      `internal_weight=${numbers(tree.nodeWeight)}`,
      `internal_count=${numbers(tree.nodeRows)}`,
    );
    if (categories > 0) {
      const ends = [0];
      for (const set of tree.categories) ends.push(ends.at(-1)! + set.length);
      lines.push(`cat_boundaries=${ends.join(' ')}`);
      lines.push(`cat_threshold=${tree.categories.map(numbers).join(' ')}`);
    }
  } else {
    lines.push(`leaf_value=${numbers(tree.leafValue)}`, `leaf_count=${numbers(tree.leafRows)}`);
  }
  return `${[...lines, 'is_linear=0', 'shrinkage=1'].join('\n')}\n\n\n`;
}

function splitCounts(trees: readonly Tree[], features: number): number[] {
  const counts = new Array<number>(features).fill(0);
  for (const tree of trees) for (const feature of tree.feature) counts[feature]! += 1;
  return counts;
}

/** Whether any node of the tree asks for a category. */
export const usesCategories = (tree: Tree): boolean => tree.decision.some((decision) => decision & DECISION.category);
