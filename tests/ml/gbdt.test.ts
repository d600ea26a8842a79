import { expect, test } from 'vitest';
import type { Dataset } from '../../ml/dataset.ts';
import { gbdtTrainer } from '../../ml/gbdt/gbdt.trainer.ts';
import type { GbdtParamsInput } from '../../ml/gbdt/params.ts';
import { averagePrecision, logLoss } from '../../ml/metrics.ts';
import { Prng } from '../../ml/prng.ts';
import type { TreeModel } from '../../ml/tree-model.ts';
import { parted, payments } from './payments.ts';

const [train, validation] = parted(payments(6_000, 1), 4_000);
const PLAIN: GbdtParamsInput = { trees: 40, leaves: 12, learningRate: 0.1, earlyStopping: 0 };

async function learn(params: GbdtParamsInput, data: Dataset = train, seed = 7) {
  const trained = await gbdtTrainer.train({ train: data, validation, params, seed });
  return { ...trained, model: trained.model as TreeModel, text: new TextDecoder().decode(trained.model.save()) };
}

test('finds what is there to find, and beats one tree and chance', async () => {
  const { model, history } = await learn(PLAIN);
  const probabilities = model.predict(validation);
  const ap = averagePrecision(probabilities, validation.target);
  const chance = validation.target.reduce((sum, y) => sum + y, 0) / validation.rows;
  expect(ap).toBeGreaterThan(2 * chance);
  expect(ap).toBeGreaterThan(history[0]! + 0.01);
  expect(history.at(-1)).toBeCloseTo(ap, 12);
});

test('the same seed gives the same bytes, with any number of threads', async () => {
  const params = { ...PLAIN, rowShare: 0.7, featureShare: 0.7 };
  const { text } = await learn({ ...params, threads: 1 });
  for (const threads of [2, 3, 5]) expect((await learn({ ...params, threads })).text).toBe(text);
  expect((await learn({ ...params, threads: 1 }, train, 8)).text).not.toBe(text);
});

test('so do trees that see every row, in more pieces than one', async () => {
  const large = payments(10_000, 3);
  const params = { ...PLAIN, trees: 15 };
  const { text } = await learn({ ...params, threads: 1 }, large);
  for (const threads of [2, 3]) expect((await learn({ ...params, threads }, large)).text).toBe(text);
});

test('little memory for histograms computes more and gives nearly the same', async () => {
  const wide = await learn({ ...PLAIN, leaves: 31 });
  const narrow = await learn({ ...PLAIN, leaves: 31, histogramMemory: 0.001 });
  const others = narrow.model.predict(validation);
  const difference = wide.model.predict(validation).map((p, i) => Math.abs(p - others[i]!));
  expect(difference.reduce((sum, d) => sum + d, 0) / difference.length).toBeLessThan(0.002);
});

/** Gain of every threshold of every number by plain sums over the rows: what the first split must be. */
function bestFirstGain({ columns, rows, target }: Dataset, l2: number, minRows: number): number {
  const share = target.reduce((sum, y) => sum + y, 0) / rows;
  const gain = (g: number, h: number) => (g * g) / (h + l2);
  const sumOver = (keep: (row: number) => boolean) => {
    let [g, h, n] = [0, 0, 0];
    for (let i = 0; i < rows; i++) {
      if (!keep(i)) continue;
      g += share - target[i]!;
      h += share * (1 - share);
      n += 1;
    }
    return { g, h, n };
  };
  const all = sumOver(() => true);
  let best = 0;
  for (const { kind, values } of columns) {
    if (kind === 'category') continue;
    for (const bound of new Set(values)) {
      for (const missingLeft of [true, false]) {
        const left = sumOver((i) => (Number.isNaN(values[i]) ? missingLeft : values[i]! <= bound));
        if (left.n < minRows || rows - left.n < minRows) continue;
        best = Math.max(best, gain(left.g, left.h) + gain(all.g - left.g, all.h - left.h) - gain(all.g, all.h));
      }
    }
  }
  return best;
}

test('the first split is the best one that plain sums find', async () => {
  for (let seed = 1; seed <= 5; seed++) {
    const small = payments(300, seed);
    const numbers = { ...small, columns: small.columns.filter((c) => c.kind === 'number') };
    const { model } = await gbdtTrainer.train({
      train: numbers,
      params: { trees: 1, leaves: 2, earlyStopping: 0, l2: 1, minRowsPerLeaf: 20, minRowsPerBin: 1, minHessian: 1e-9 },
      seed,
    });
    const [tree] = (model as TreeModel).ensemble.trees;
    expect(tree!.gain[0]).toBeCloseTo(bestFirstGain(numbers, 1, 20), 4);
    expect(tree!.nodeRows[0]).toBe(300);
    expect(tree!.leafRows[0]! + tree!.leafRows[1]!).toBe(300);
  }
});

test('missing values go the way that was learned, new labels with them', async () => {
  const { model } = await learn(PLAIN);
  const speed = train.columns[1]!;
  const mean = (rows: readonly number[]) => rows.reduce((sum, i) => sum + predicted[i]!, 0) / rows.length;
  const predicted = model.predict(train);
  const rows = Array.from({ length: train.rows }, (_, i) => i);
  const missing = rows.filter((i) => Number.isNaN(speed.values[i]));
  const slow = rows.filter((i) => speed.values[i]! <= 1);
  expect(mean(missing)).toBeGreaterThan(1.5 * mean(slow));
  const unknown = { ...train, columns: train.columns.map((c) => ({ ...c, values: c.values.slice() })) };
  unknown.columns[4]!.values.fill(99);
  const gone = { ...train, columns: train.columns.map((c) => ({ ...c, values: c.values.slice() })) };
  gone.columns[4]!.values.fill(Number.NaN);
  expect(model.predict(unknown)).toEqual(model.predict(gone));
});

test('a category that numbers could not part is found', async () => {
  const prng = new Prng(3);
  const values = Float64Array.from({ length: 4000 }, () => prng.below(40));
  const target = Uint8Array.from(values, (code) => (prng.next() < ((code * 7) % 3 === 0 ? 0.6 : 0.1) ? 1 : 0));
  const data: Dataset = { columns: [{ name: 'city', kind: 'category', values }], rows: 4000, target };
  const params = { trees: 30, earlyStopping: 0, minRowsPerCategory: 20, learningRate: 0.2 };
  const { model } = await gbdtTrainer.train({ train: data, params, seed: 1 });
  const found = model.predict(data);
  const right = found.reduce((sum, p, i) => sum + Number(p > 0.35 === ((values[i]! * 7) % 3 === 0)), 0);
  expect(right).toBe(4000);
});

test('early stopping keeps the trees up to the best metric', async () => {
  for (const metric of ['average_precision', 'log_loss'] as const) {
    const { model, history } = await learn({ ...PLAIN, trees: 400, learningRate: 0.3, metric, earlyStopping: 5 });
    const best = metric === 'log_loss' ? Math.min(...history) : Math.max(...history);
    expect(history.length).toBeLessThan(400);
    expect(model.ensemble.trees).toHaveLength(history.indexOf(best) + 1);
    const judge = metric === 'log_loss' ? logLoss : averagePrecision;
    expect(judge(model.predict(validation), validation.target)).toBeCloseTo(best, 10);
  }
});

test('weighing positives raises what they are given', async () => {
  const mean = (values: Float64Array) => values.reduce((sum, p) => sum + p, 0) / values.length;
  const plain = mean((await learn(PLAIN)).model.predict(validation));
  const balanced = mean((await learn({ ...PLAIN, positiveWeight: 'balanced' })).model.predict(validation));
  expect(balanced).toBeGreaterThan(1.5 * plain);
});

test('a training that is cancelled ends soon, in a thread of its own and in ours', async () => {
  for (const threads of [1, 2]) {
    const controller = new AbortController();
    const running = gbdtTrainer.train({
      train,
      params: { trees: 10_000, leaves: 100, earlyStopping: 0, threads },
      seed: 1,
      signal: controller.signal,
      onProgress: ({ done }) => done === 3 && controller.abort(new Error('enough')),
    });
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  }
});

test('data that teaches nothing is refused, features that teach nothing are named', async () => {
  const refused = (data: Dataset, params: GbdtParamsInput = PLAIN) =>
    expect(gbdtTrainer.train({ train: data, params, seed: 1 })).rejects;
  const [few] = parted(train, 50);
  await refused(few).toMatchObject({ code: 'bad_input', message: expect.stringContaining('50 rows') });
  await refused({ ...train, target: new Uint8Array(train.rows) }).toThrow(/one class/);
  const two = new Uint8Array(train.rows).fill(1, 0, 2);
  await refused({ ...train, target: two }).toThrow(/only 2 rows of one class/);
  await refused({ ...train, columns: [] }).toThrow(/no features/);
  const flat = { name: 'flat', kind: 'number' as const, values: new Float64Array(train.rows).fill(3) };
  const gone = { name: 'gone', kind: 'number' as const, values: new Float64Array(train.rows).fill(Number.NaN) };
  await refused({ ...train, columns: [flat, gone] }).toThrow(/constant or missing/);
  const endless = { ...flat, values: Float64Array.from(train.target, (y) => (y ? Infinity : 1)) };
  await refused({ ...train, columns: [endless] }).toThrow(/infinite/);
  await refused(train, { ...PLAIN, leaves: 1 }).toThrow(/leaves/);
  await refused(train, { ...PLAIN, tress: 3 } as GbdtParamsInput).toThrow(/tress/);
  await refused(train, { ...PLAIN, earlyStopping: 5 }).toThrow(/validation/);
  const { warnings, model } = await gbdtTrainer.train({
    train: { ...train, columns: [...train.columns, flat, gone] },
    params: PLAIN,
    seed: 1,
  });
  expect(warnings).toEqual([
    { feature: 'flat', problem: 'constant' },
    { feature: 'gone', problem: 'all missing' },
  ]);
  expect((model as TreeModel).ensemble.trees.every((t) => t.feature.every((f) => f < 5))).toBe(true);
});
