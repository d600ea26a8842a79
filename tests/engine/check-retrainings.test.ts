import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mongo, pipeline, retraining } from '../../core/builders.ts';
import type { RetrainingDefinition } from '../../core/retraining.ts';
import { gbdtParams } from '../../ml/gbdt/params.ts';
import { checkDefinitions } from '../../quality/definition.ts';
import { useFolder, writeFiles } from './engine.fixture.ts';
import { PAYMENT_SQL, payment, projectOf, RATE_SQL, rate } from './project.fixture.ts';

const folder = useFolder();
const features = payment();
const definition: RetrainingDefinition = {
  model: 'fraud',
  description: 'Fraud.',
  features,
  key: 'payment_id',
  time: 'paid_at',
  cluster: 'currency',
  numeric: ['amount'],
  categorical: [],
  labels: { dataset: rate, key: 'currency', knownAt: 'updated_at', positive: 'rate > 1' },
  days: { train: 1, validation: 1, test: 1, delay: 0, current: 1 },
  search: [{}],
  seed: 1,
  threshold: { by: 'alerts', perDay: 10 },
  monitoring: { every: '1 day', for: '7 days', mostLoss: 0.1 },
};
const scoring = {
  to: mongo('app'),
  collection: 'payment',
  key: 'id',
  fields: { score: 's', alert: 'a', decidedBy: 'd', reasons: 'r', by: 'b' },
  days: 1,
};

async function problemsOf(...changes: Partial<RetrainingDefinition>[]) {
  const root = join(folder, 'sql');
  writeFiles(root, { 'rate.sql': RATE_SQL, 'payment.sql': PAYMENT_SQL });
  const retrainings = changes.map((change) => retraining({ ...definition, ...change }));
  const project = { ...projectOf(features), retrainings };
  return (await checkDefinitions(project, { sqlRoot: root, trainerParams: gbdtParams })).problems;
}

test('a model that fits has no problems', async () => {
  const rules = [{ name: 'huge', sql: 'amount > 1000 AND currency IS NOT NULL', says: 'alert' as const }];
  expect(await problemsOf({ after: 'nightly', scoring: { ...scoring, rules } })).toEqual([]);
});

test('conditions are bound to the declared columns', async () => {
  const rules = [
    { name: 'huge', sql: 'amonut > 1000', says: 'alert' as const },
    { name: 'sum', sql: 'sum(amount) > 5', says: 'alert' as const },
    { name: 'number', sql: 'amount', says: 'allow' as const },
    { name: 'huge', sql: 'true', says: 'allow' as const },
  ];
  const labels = { ...definition.labels, positive: 'is_fraud' };
  const problems = await problemsOf({ labels, scoring: { ...scoring, rules } });
  expect(problems).toEqual([
    {
      subject: 'fraud',
      where: expect.stringContaining('labels.positive'),
      message: expect.stringContaining('is_fraud'),
      hint: expect.any(String),
    },
    { subject: 'fraud', where: 'fraud', message: 'Two rules of fraud are named huge', hint: 'Rename one.' },
    {
      subject: 'fraud',
      where: expect.stringContaining('fraud, rule huge'),
      message: expect.stringMatching(/amonut.*amount/s),
      hint: expect.any(String),
    },
    expect.objectContaining({ where: 'fraud, rule sum', message: expect.stringContaining('looks at one row') }),
    expect.objectContaining({ where: 'fraud, rule number', message: 'The condition gives DECIMAL(18,3), not BOOLEAN' }),
  ]);
});

test('names and parameters: what is valid is listed', async () => {
  const [twin, after, params] = await problemsOf(
    { after: 'nightyl', search: [{ trees: 10 }, { leafs: 15 }] },
    { search: [{}] },
  );
  expect(after).toMatchObject({ where: 'fraud, after', hint: expect.stringContaining('Did you mean nightly?') });
  expect(twin).toMatchObject({ message: 'Two models are named fraud' });
  expect(params).toMatchObject({ where: 'fraud, search 2', message: expect.stringContaining('leafs') });
  expect(params?.hint).toContain('leaves');
});

test('a model learns from what a pipeline builds', async () => {
  const root = join(folder, 'sql');
  writeFiles(root, { 'rate.sql': RATE_SQL, 'payment.sql': PAYMENT_SQL });
  const alone = { ...projectOf(rate), retrainings: [retraining(definition)] };
  const { problems } = await checkDefinitions(alone, { sqlRoot: root });
  expect(problems).toMatchObject([{ message: 'fraud learns from silver.payment, which no pipeline builds' }]);
});

test('a definition that cannot be meant is refused where it is written', () => {
  const refused = (change: Partial<RetrainingDefinition>) => () => retraining({ ...definition, ...change });
  const schedule = { cron: '0 3 * * *', timezone: 'UTC' as const };
  expect(refused({ after: 'nightly', schedule })).toThrow('both after and schedule');
  expect(refused({ threshold: { by: 'cost', alertCost: 1, amount: 'amonut' } })).toThrow('no column amonut');
  expect(refused({ threshold: { by: 'precision', target: 2 } })).toThrow('threshold');
  expect(() =>
    pipeline({ name: 'drift_and_retrain', description: 'd', start: '2026-11-01', interval: 'day', datasets: [] }),
  ).toThrow('another workflow');
});
