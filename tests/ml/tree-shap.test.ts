import { expect, test } from 'vitest';
import { gbdtTrainer } from '../../ml/gbdt/gbdt.trainer.ts';
import { childOf, logistic, type Tree } from '../../ml/tree-ensemble.ts';
import type { TreeModel } from '../../ml/tree-model.ts';
import { payments } from './payments.ts';

/** Mean of a tree over the leaves, when only some features are known: the definition. */
function known(tree: Tree, node: number, values: readonly number[], features: ReadonlySet<number>): number {
  if (node < 0) return tree.leafValue[~node]!;
  const feature = tree.feature[node]!;
  if (features.has(feature)) return known(tree, childOf(tree, node, values[feature]!), values, features);
  const rows = (child: number) => (child < 0 ? tree.leafRows[~child]! : tree.nodeRows[child]!);
  const [left, right] = [tree.left[node]!, tree.right[node]!];
  const sum = rows(left) * known(tree, left, values, features) + rows(right) * known(tree, right, values, features);
  return sum / (rows(left) + rows(right));
}

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));

/** Shapley's formula over all sets of other features. */
function shapley(trees: readonly Tree[], values: readonly number[], feature: number): number {
  const count = values.length;
  const others = values.map((_, i) => i).filter((i) => i !== feature);
  let sum = 0;
  for (let set = 0; set < 1 << others.length; set++) {
    const features = new Set(others.filter((_, i) => (set >> i) & 1));
    const weight = (factorial(features.size) * factorial(count - features.size - 1)) / factorial(count);
    for (const tree of trees) {
      const without = known(tree, 0, values, features);
      sum += weight * (known(tree, 0, values, new Set([...features, feature])) - without);
    }
  }
  return sum;
}

test('contributions are the Shapley values of the definition, and add up to the score', async () => {
  const data = payments(1_500, 21);
  const params = { trees: 8, leaves: 9, earlyStopping: 0, learningRate: 0.3 };
  const model = (await gbdtTrainer.train({ train: data, params, seed: 1 })).model as TreeModel;
  const probabilities = model.predict(data);
  for (let row = 0; row < 25; row++) {
    const { base, reasons } = model.explain(data, row);
    const values = data.columns.map((c) => c.values[row]!);
    for (const [feature, { name }] of data.columns.entries()) {
      const { contribution } = reasons.find((r) => r.feature === name)!;
      expect(contribution).toBeCloseTo(shapley(model.ensemble.trees, values, feature), 10);
    }
    const score = reasons.reduce((sum, r) => sum + r.contribution, base);
    expect(logistic(score)).toBeCloseTo(probabilities[row]!, 12);
    const weights = reasons.map((r) => Math.abs(r.contribution));
    expect(weights).toEqual([...weights].sort((a, b) => b - a));
  }
});

test('a reason shows what the row holds: a label, nothing, a number', async () => {
  const data = payments(1_500, 22);
  const { model } = await gbdtTrainer.train({ train: data, params: { trees: 2, earlyStopping: 0 }, seed: 1 });
  const missing = data.columns[1]!.values.findIndex(Number.isNaN);
  const shown = new Map(model.explain(data, missing).reasons.map((r) => [r.feature, r.value]));
  expect(shown.get('speed')).toBeNull();
  expect(shown.get('amount')).toBe(data.columns[0]!.values[missing]);
  const labelled = data.columns[4]!.values.indexOf(2);
  expect(model.explain(data, labelled).reasons.find((r) => r.feature === 'country')!.value).toBe('US');
});
