import { expect, test } from 'vitest';
import type { Dataset } from '../../ml/dataset.ts';
import { readLogistic } from '../../ml/logistic.model.ts';
import { logisticTrainer } from '../../ml/logistic.trainer.ts';
import { averagePrecision } from '../../ml/metrics.ts';
import { Prng } from '../../ml/prng.ts';
import { readModel } from '../../ml/read-model.ts';
import { parted, payments } from './payments.ts';

const [train, test_] = parted(payments(4_000, 5), 3_000);
const learn = (data: Dataset = train) => logisticTrainer.train({ train: data, seed: 1 });

test('at the end no weight could be moved: residuals are orthogonal to every input', async () => {
  const numbers = { ...train, columns: train.columns.filter((c) => c.name === 'amount' || c.name === 'noise') };
  const { model } = await logisticTrainer.train({ train: numbers, params: { l2: 1e-9 }, seed: 1 });
  const off = model.predict(numbers).map((p, i) => p - train.target[i]!);
  const sum = (values: ArrayLike<number>) => off.reduce((total, r, i) => total + r * values[i]!, 0);
  expect(sum(new Float64Array(train.rows).fill(1))).toBeCloseTo(0, 4);
  for (const { values } of numbers.columns) expect(sum(values) / train.rows).toBeCloseTo(0, 5);
});

test('is better than chance on rows it has not seen, missing values and all', async () => {
  const { model } = await learn();
  const chance = test_.target.reduce((sum, y) => sum + y, 0) / test_.rows;
  expect(averagePrecision(model.predict(test_), test_.target)).toBeGreaterThan(1.5 * chance);
});

test('rare rows that lie far out do not throw it off', async () => {
  const prng = new Prng(1);
  const values = Float64Array.from({ length: 5000 }, () => (prng.next() < 0.01 ? 1000 * prng.next() : prng.next()));
  const target = Uint8Array.from(values, (v) => (v > 10 && prng.next() < 0.9 ? 1 : prng.next() < 0.002 ? 1 : 0));
  const data: Dataset = { columns: [{ name: 'risk', kind: 'number', values }], rows: 5000, target };
  expect(averagePrecision((await learn(data)).model.predict(data), target)).toBeGreaterThan(0.5);
});

test('reasons add up to the score', async () => {
  const { model } = await learn();
  const probabilities = model.predict(test_);
  for (let row = 0; row < 20; row++) {
    const { base, reasons } = model.explain(test_, row);
    const score = reasons.reduce((sum, r) => sum + r.contribution, base);
    expect(1 / (1 + Math.exp(-score))).toBeCloseTo(probabilities[row]!, 12);
  }
});

test('saved and read back it is the same; damaged it is refused', async () => {
  const { model } = await learn();
  const bytes = model.save();
  expect(readModel('logistic-json', bytes, model.features).predict(test_)).toEqual(model.predict(test_));
  const text = new TextDecoder().decode(bytes);
  for (const broken of ['', '{}', text.slice(0, -20), text.replace('"feature": 0', '"feature": 99')]) {
    expect(() => readLogistic(broken, model.features)).toThrow(expect.objectContaining({ code: 'corrupt' }));
  }
  expect(() => readModel('onnx', bytes, model.features)).toThrow(/no reader/);
});
