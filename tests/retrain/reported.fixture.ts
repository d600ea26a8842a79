import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keep, keepFile } from '../../activities/retrain/evidence.ts';
import type { ObjectStore } from '../../core/object-store.ts';
import { detectDrift } from '../../drift/detect-drift.ts';
import { openSession } from '../../engine/session.ts';
import { literal } from '../../engine/sql-text.ts';
import { compare } from '../../ml/compare.ts';
import { type Dataset, sharedColumn } from '../../ml/dataset.ts';
import { logisticTrainer } from '../../ml/logistic.trainer.ts';
import { Prng } from '../../ml/prng.ts';
import type { ModelRegistry } from '../../ml/registry.ts';
import type { Model } from '../../ml/trainer.ts';

const FOLDER = 'dev/_strata/evidence/card_fraud';
const ROWS = 3000;
const SHOPS = ['kiosk', 'market', 'web'];

/**
 * Two real models on real rows, with the evidence that a retraining keeps: version 1 knows only the old fraud (large amounts),
 * version 2 the new one as well (at the kiosk). Version 1 is champion, version 2 has been compared and not decided about.
 */
export async function registerTwo(store: ObjectStore, registry: ModelRegistry): Promise<void> {
  const temp = await mkdtemp(join(tmpdir(), 'strata-reported-'));
  await using session = await openSession({ memoryLimit: '256MB', threads: 1 });
  try {
    const worlds = { old: world(1, false), train: world(2, true), validation: world(3, true), test: world(4, true) };
    const set = async (name: keyof typeof worlds) => {
      const file = join(temp, `${name}.parquet`);
      await session.run(`CREATE OR REPLACE TABLE ${name} (amount DOUBLE, shop VARCHAR, _target UTINYINT)`);
      const values = worlds[name].map(({ amount, shop, fraud }) => `(${amount}, ${literal(shop)}, ${fraud ? 1 : 0})`);
      await session.run(`INSERT INTO ${name} VALUES ${values.join(', ')}`);
      await session.run(`COPY ${name} TO ${literal(file)} (FORMAT parquet)`);
      const kept = await keepFile(store, FOLDER, `${name}.parquet`, file);
      return { ...kept, rows: ROWS, positives: worlds[name].filter(({ fraud }) => fraud).length };
    };
    const sets = { train: await set('train'), validation: await set('validation'), test: await set('test') };
    const old = await set('old');
    const [before, now] = [await train(worlds.old), await train(worlds.train)];
    const tested = dataset(worlds.test);
    const found = await detectDrift(session, {
      reference: { relation: 'old', label: 'training set of version 1' },
      current: { relation: 'test', label: '2026-02-01 to 2026-02-08' },
      columns: [{ name: 'amount' }, { name: 'shop' }],
    });
    const drift = {
      ...{ drifted: found.drifted, features: 2, reference: found.reference, rows: { reference: ROWS, current: ROWS } },
      report: await keep(store, FOLDER, 'drift.html', '<p>a page</p>'),
      figures: await keep(store, FOLDER, 'drift.json', JSON.stringify(found)),
    };
    const side = (scores: Float64Array) => ({ scores, probabilities: scores, threshold: 0.5 });
    const comparison = await compare({
      champion: side(before.predict(tested)),
      challenger: side(now.predict(tested)),
      labels: tested.target,
      clusters: Array.from({ length: ROWS }, (_, i) => i % 400),
      slices: { shop: worlds.test.map(({ shop }) => shop) },
      millisPerRow: 0.4,
      gates: { leastPositives: 30, leastGain: 0, confidence: 0.9, mostSliceLoss: 0.5, mostMillisPerRow: 50 },
      seed: 1,
    });
    const window = (start: string, end: string) => ({
      start: `${start}T00:00:00.000000Z`,
      end: `${end}T00:00:00.000000Z`,
    });
    const summary = {
      resolved: {
        ...{ asOf: '2026-02-09T00:00:00.000000Z', champion: 1, force: false, evidence: FOLDER },
        windows: {
          train: window('2026-01-01', '2026-01-21'),
          validation: window('2026-01-21', '2026-01-28'),
          test: window('2026-01-28', '2026-02-04'),
        },
        monitoring: { every: '1 day', for: '7 days', mostLoss: 0.05 },
      },
      ...{ sets, drift, best: 0 },
      trials: [{ trial: 0, averagePrecision: 0.61, millis: 1200, warnings: ['pace: <every value is missing>'] }],
      threshold: { score: 0.5, alerts: 60, precision: 0.8, recall: 0.3 },
    };
    const made = async (by: string, model: Model) => ({
      ...{ madeBy: by, format: model.format, signature: model.features, params: { trainer: 'logistic' } },
      artifact: await keep(store, FOLDER, `${by}.txt`, model.save()),
      ...{ metrics: { averagePrecision: 0.5 }, calibration: { kind: 'none' }, threshold: 0.5 },
      trainedFrom: { 'feature.payment': 41, 'feature.verdict': 12 },
    });
    const first = { ...(await made('run-1', before)), sets: { train: old }, evidence: {} };
    await registry.register('card_fraud', first);
    await registry.move('card_fraud', { alias: 'champion', from: null, to: 1, who: 'ada', why: 'the first' });
    const evidence = {
      challenger: await keep(store, FOLDER, 'challenger.json', JSON.stringify(summary)),
      comparison: await keep(store, FOLDER, 'comparison.json', JSON.stringify(comparison)),
      drift: drift.report,
    };
    await registry.register('card_fraud', { ...(await made('run-2', now)), sets, evidence });
    await registry.move('card_fraud', { alias: 'challenger', from: null, to: 2, who: 'loop', why: 'newly trained' });
  } finally {
    await rm(temp, { recursive: true, force: true });
  }
}

interface Row {
  readonly amount: number;
  readonly shop: string;
  readonly fraud: boolean;
}

function world(seed: number, shifted: boolean): Row[] {
  const prng = new Prng(seed);
  const random = () => prng.next();
  return Array.from({ length: ROWS }, () => {
    const shop = SHOPS[Math.floor(random() * (shifted ? 2 : 3))]!;
    const amount = Math.round(random() ** 2 * (shifted ? 300 : 200) * 100) / 100;
    const risk = amount > 150 ? 0.3 : shifted && shop === 'kiosk' ? 0.12 : 0.01;
    return { amount, shop, fraud: random() < risk };
  });
}

function dataset(rows: readonly Row[]): Dataset {
  const [amount, shop] = [sharedColumn(ROWS), sharedColumn(ROWS)];
  amount.set(rows.map((row) => row.amount));
  shop.set(rows.map((row) => SHOPS.indexOf(row.shop)));
  return {
    columns: [
      { name: 'amount', kind: 'number', values: amount },
      { name: 'shop', kind: 'category', labels: SHOPS, values: shop },
    ],
    rows: ROWS,
    target: Uint8Array.from(rows, ({ fraud }) => (fraud ? 1 : 0)),
  };
}

const train = async (rows: readonly Row[]): Promise<Model> =>
  (await logisticTrainer.train({ train: dataset(rows), seed: 1 })).model;
