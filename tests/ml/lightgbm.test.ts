import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { featuresOf, type Table } from '../../ml/dataset.ts';
import { gbdtTrainer } from '../../ml/gbdt/gbdt.trainer.ts';
import { readLightgbm } from '../../ml/lightgbm-read.ts';
import { averagePrecision } from '../../ml/metrics.ts';
import { TreeModel } from '../../ml/tree-model.ts';
import { describeWithPython } from '../python.ts';
import { csvOf, payments } from './payments.ts';

const data = payments(3_000, 11);
const train = async () =>
  (
    await gbdtTrainer.train({
      train: data,
      params: { trees: 30, leaves: 12, learningRate: 0.1, earlyStopping: 0 },
      seed: 1,
    })
  ).model;

describe('the text format', () => {
  test('is read back to the same bytes and the same scores', async () => {
    const model = await train();
    const text = new TextDecoder().decode(model.save());
    const again = new TreeModel(readLightgbm(text, featuresOf(data)));
    expect(new TextDecoder().decode(again.save())).toBe(text);
    expect(again.predict(data)).toEqual(model.predict(data));
    expect(readLightgbm(text).features.map((f) => f.kind)).toEqual([
      'number',
      'number',
      'number',
      'number',
      'category',
    ]);
  });

  test('damaged or cut off anywhere it is refused, never read as another model', async () => {
    const text = new TextDecoder().decode((await train()).save());
    for (let i = 0; i < 60; i++) {
      const cut = text.slice(0, Math.floor((text.indexOf('end of trees') * i) / 60));
      expect(() => readLightgbm(cut)).toThrow(expect.objectContaining({ code: 'corrupt' }));
    }
    const broken = [
      text.replace(/left_child=\S+/, 'left_child=7'),
      text.replace(/leaf_value=\S+/, 'leaf_value=nothing'),
      text.replace(/split_feature=\S+/, 'split_feature=77'),
      text.replace(/\nTree=3\n[\s\S]*?\n\n\n/, '\n'),
    ];
    for (const each of broken) expect(() => readLightgbm(each)).toThrow(expect.objectContaining({ code: 'corrupt' }));
    const other = text.replace('objective=binary sigmoid:1', 'objective=regression');
    expect(() => readLightgbm(other)).toThrow(expect.objectContaining({ code: 'bad_input' }));
    const renamed = featuresOf(data).map((f) => ({ ...f, name: `${f.name}2` }));
    expect(() => readLightgbm(text, renamed)).toThrow(/other features/);
  });

  test('a table with other columns is refused', async () => {
    const model = await train();
    const refused = (table: Table, words: RegExp) => expect(() => model.predict(table)).toThrow(words);
    refused({ ...data, columns: data.columns.slice(1) }, /4 columns instead of 5/);
    refused({ ...data, columns: [...data.columns].reverse() }, /country instead of amount/);
    const relabelled = data.columns.map((c) => (c.labels ? { ...c, labels: [...c.labels].reverse() } : c));
    refused({ ...data, columns: relabelled }, /other codes/);
  });
});

await describeWithPython(['lightgbm==4.7.0', 'numpy==2.4.6'], 'Python LightGBM', (python) => {
  let folder: string;
  let said: { probabilities: number[]; contributions: number[][]; own: number[]; ownContributions: number[][] };
  let model: TreeModel;
  let own: TreeModel;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-lightgbm-'));
    const files = ['model.txt', 'train.csv', 'out.json', 'own.txt'].map((name) => join(folder, name));
    model = (await train()) as TreeModel;
    await writeFile(files[0]!, model.save());
    await writeFile(files[1]!, csvOf(data));
    const script = new URL('./predict_lightgbm.py', import.meta.url).pathname;
    await promisify(execFile)(python, [script, ...files]);
    said = JSON.parse(await readFile(files[2]!, 'utf8'));
    own = new TreeModel(readLightgbm(await readFile(files[3]!, 'utf8'), featuresOf(data)));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const farthest = (ours: ArrayLike<number>, theirs: readonly number[]) =>
    theirs.reduce((most, value, i) => Math.max(most, Math.abs(value - ours[i]!)), 0);

  test('loads our model and predicts the same', () => {
    expect(farthest(model.predict(data), said.probabilities)).toBeLessThan(1e-6);
  });

  test('its model is loaded here and predicts the same', () => {
    expect(farthest(own.predict(data), said.own)).toBeLessThan(1e-6);
  });

  test('gives the same contributions for both', () => {
    for (const [each, theirs] of [
      [model, said.contributions],
      [own, said.ownContributions],
    ] as const) {
      for (const [row, expected] of theirs.entries()) {
        const { base, reasons } = each.explain(data, row);
        const parts = data.columns.map(({ name }) => reasons.find((r) => r.feature === name)!.contribution);
        expect(farthest([...parts, base], expected)).toBeLessThan(1e-6);
      }
    }
  });

  test('with the same settings is about as good', () => {
    const [ours, theirs] = [model.predict(data), said.own].map((p) => averagePrecision(p, data.target));
    expect(Math.abs(ours! - theirs!)).toBeLessThan(0.02);
  });
});
