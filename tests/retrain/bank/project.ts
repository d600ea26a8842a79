import {
  applicationClock,
  boolean,
  cursor,
  dataset,
  date,
  day,
  double,
  key,
  merge,
  mongo,
  pipeline,
  postgres,
  project,
  retraining,
  source,
  text,
  timestamp,
} from '../../../core/builders.ts';

/** The smallest project with a model: events with features as they are, and verdicts that come days later. */
const oltp = postgres('bank');
const clock = applicationClock({ lateness: '1 hour' });

const event = {
  id: key(text()),
  customer_id: text(),
  amount: double(),
  pace: double().nullable(),
  shop: text(),
  happened_at: timestamp(),
};

const bronzeEvent = source({
  name: 'bronze.event',
  description: 'Payments as the bank had them.',
  source: oltp,
  relation: 'public.event',
  extraction: cursor('happened_at', clock),
  columns: event,
});

const features = dataset({
  name: 'feature.event',
  description: 'What is known of a payment when it is made.',
  inputs: { raw: bronzeEvent },
  columns: { ...event, event_date: date(), fixed: double(), never: double().nullable() },
  partitionBy: day('event_date'),
  sql: 'event.sql',
  write: merge({ latestBy: 'happened_at' }),
});

const verdict = { id: key(text()), event_id: text(), is_fraud: boolean(), known_at: timestamp() };

const bronzeVerdict = source({
  name: 'bronze.verdict',
  description: 'What was found out about payments.',
  source: oltp,
  relation: 'public.verdict',
  extraction: cursor('known_at', clock),
  columns: verdict,
});

const labels = dataset({
  name: 'feature.verdict',
  description: 'What was found out about a payment, and when.',
  inputs: { raw: bronzeVerdict },
  columns: verdict,
  sql: 'verdict.sql',
  write: merge({ latestBy: 'known_at' }),
});

export const fraud = retraining({
  model: 'bank_fraud',
  description: 'Which payments are fraud.',
  features,
  key: 'id',
  time: 'happened_at',
  cluster: 'customer_id',
  numeric: ['amount', 'pace'],
  categorical: ['shop'],
  slices: ['shop'],
  labels: { dataset: labels, key: 'event_id', knownAt: 'known_at', positive: 'is_fraud' },
  days: { train: 12, validation: 4, test: 4, delay: 3, current: 3 },
  search: [
    { trees: 60, learningRate: 0.1, leaves: 15, bins: 256 },
    { trees: 60, learningRate: 0.1, leaves: 4, bins: 256 },
  ],
  seed: 7,
  threshold: { by: 'alerts', perDay: 20 },
  policy: { leastPositives: 20, confidence: 0.9, mostSliceLoss: 1 },
  monitoring: { every: '2 seconds', for: '4 seconds', mostLoss: 0.1 },
  notify: 'ops',
  after: 'bank_daily',
  scoring: {
    to: mongo('desk'),
    collection: 'payment',
    key: 'event_id',
    fields: { score: 'score', alert: 'alert', decidedBy: 'decidedBy', reasons: 'reasons', by: 'scoredBy' },
    rules: [
      { name: 'small change', sql: 'amount < 1', says: 'allow' },
      { name: 'huge amount', sql: 'amount > 190', says: 'alert' },
    ],
    days: 3,
  },
});

export default project({
  name: 'bank',
  sqlFolder: 'sql',
  retrainings: [fraud],
  pipelines: [
    pipeline({
      name: 'bank_daily',
      description: 'Payments and verdicts.',
      start: '2026-01-01',
      interval: 'day',
      datasets: [features, labels],
    }),
  ],
});
