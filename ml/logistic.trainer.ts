import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { StrataError } from '../core/errors.ts';
import { type Column, type Dataset, featuresOf } from './dataset.ts';
import { inputOf, LogisticModel, type Term } from './logistic.model.ts';
import { solvePositive } from './solve.ts';
import type { Trained, Trainer, Training } from './trainer.ts';
import { checkTrainingData } from './training-data.check.ts';

const shape = z.strictObject({
  /** Of the standardised weights, not of the intercept. */
  l2: z.number().positive().default(1),
  positiveWeight: z.union([z.number().positive(), z.literal('balanced')]).default(1),
  steps: z.number().int().min(1).max(1000).default(50),
  /** Labels of a category beyond so many, the rarest, have no weight of their own. */
  labelsPerCategory: z.number().int().min(1).max(200).default(20),
});
export type LogisticParams = z.input<typeof shape>;

/** Ends when no weight moves by more than this. */
const STILL = 1e-8;
const LEAST_SHARE = 1e-6;

/** Logistic regression by Newton's method: the baseline. Deterministic; the seed is not used. */
export const logisticTrainer: Trainer<LogisticParams> = {
  name: 'strata-logistic',
  async train({ train, params, signal, onProgress }: Training<LogisticParams>): Promise<Trained> {
    const read = shape.safeParse(params ?? {});
    if (!read.success) {
      throw new StrataError('bad_input', `Parameters of the training cannot be used: ${z.prettifyError(read.error)}`);
    }
    const warnings = checkTrainingData(train);
    const { steps, l2, positiveWeight, labelsPerCategory } = read.data;
    const terms = train.columns.flatMap((column, i) => termsOf(column, i, labelsPerCategory));
    const positives = train.target.reduce((sum, label) => sum + label, 0);
    const weight = positiveWeight === 'balanced' ? (train.rows - positives) / positives : positiveWeight;
    const fitted = new Float64Array(terms.length + 1);
    fitted[terms.length] = Math.log((positives * weight) / (train.rows - positives));
    for (let done = 1; done <= steps; done++) {
      if (signal?.aborted) throw new StrataError('cancelled', 'The training was cancelled', { cause: signal.reason });
      const moved = newtonStep(train, terms, fitted, weight, l2);
      onProgress?.({ done, of: steps, metric: undefined });
      if (moved < STILL) break;
      await setImmediate();
    }
    const weighted = terms.map((term, i) => ({ ...term, weight: fitted[i]! }));
    return { model: new LogisticModel(featuresOf(train), fitted[terms.length]!, weighted), history: [], warnings };
  },
};

function termsOf({ kind, values }: Column, feature: number, most: number): Term[] {
  if (kind === 'category') {
    const counts = new Map<number, number>();
    for (const code of values) if (!Number.isNaN(code)) counts.set(code, (counts.get(code) ?? 0) + 1);
    const codes = [...counts].sort(([a, m], [b, n]) => n - m || a - b).map(([code]) => code);
    return codes.slice(0, most).map((code) => ({ feature, code, mean: 0, scale: 1, weight: 0 }));
  }
  let count = 0;
  let mean = 0;
  let squares = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    count += 1;
    const off = value - mean;
    mean += off / count;
    squares += off * (value - mean);
  }
  return [{ feature, code: null, mean, scale: Math.sqrt(squares / count) || 1, weight: 0 }];
}

/** Moves the weights. @returns the largest move */
function newtonStep(train: Dataset, terms: readonly Term[], fitted: Float64Array, weight: number, l2: number): number {
  const size = fitted.length;
  const columns = train.columns.map((column) => column.values);
  const gradient = new Float64Array(size);
  const hessian = Array.from({ length: size }, () => new Float64Array(size));
  const input = new Float64Array(size).fill(1);
  for (let row = 0; row < train.rows; row++) {
    let score = fitted[size - 1]!;
    for (let i = 0; i < size - 1; i++) {
      input[i] = inputOf(terms[i]!, columns, row);
      score += fitted[i]! * input[i]!;
    }
    const probability = 1 / (1 + Math.exp(-score));
    const label = train.target[row]!;
    const counts = label === 1 ? weight : 1;
    const curve = probability * (1 - probability) * counts;
    for (let i = 0; i < size; i++) {
      gradient[i]! += (probability - label) * counts * input[i]!;
      const line = hessian[i]!;
      const part = curve * input[i]!;
      for (let j = 0; j <= i; j++) line[j]! += part * input[j]!;
    }
  }
  for (let i = 0; i < size; i++) {
    if (i < size - 1) {
      gradient[i]! += l2 * fitted[i]!;
      hessian[i]![i]! += l2;
    }
    for (let j = 0; j < i; j++) hessian[j]![i] = hessian[i]![j]!;
  }
  const step = solvePositive(hessian, gradient);
  const before = fitted.slice();
  const loss = lossOf(train, terms, before, weight, l2);
  // Where rare rows lie far out, a whole step overshoots and the next one is worse.
  for (let share = 1; share > LEAST_SHARE; share /= 2) {
    for (let i = 0; i < size; i++) fitted[i] = before[i]! - share * step[i]!;
    if (lossOf(train, terms, fitted, weight, l2) <= loss) return share * Math.max(...step.map(Math.abs));
  }
  fitted.set(before);
  return 0;
}

function lossOf(train: Dataset, terms: readonly Term[], fitted: Float64Array, weight: number, l2: number): number {
  const columns = train.columns.map((column) => column.values);
  let loss = 0;
  for (let i = 0; i < terms.length; i++) loss += (l2 * fitted[i]! ** 2) / 2;
  for (let row = 0; row < train.rows; row++) {
    let score = fitted[terms.length]!;
    for (let i = 0; i < terms.length; i++) score += fitted[i]! * inputOf(terms[i]!, columns, row);
    const towards = train.target[row] === 1 ? -score : score;
    // log(1 + exp(x)) without overflow
    loss += (train.target[row] === 1 ? weight : 1) * (Math.max(towards, 0) + Math.log1p(Math.exp(-Math.abs(towards))));
  }
  return loss;
}
