import {
  applicationClock,
  boolean,
  cursor,
  dataset,
  date,
  day,
  decimal,
  double,
  integer,
  key,
  merge,
  month,
  pipeline,
  postgres,
  project,
  source,
  timestamp,
  unique,
} from '../../core/builders.ts';

/** The Fraud Detection Handbook's data as a small project: PostgreSQL to bronze, silver and its fifteen features. */
const columns = {
  transaction_id: key(integer()).describe('In the order of time'),
  tx_datetime: timestamp().describe('When it happened'),
  customer_id: integer(),
  terminal_id: integer(),
  tx_amount: decimal(18, 2),
  tx_time_seconds: integer().describe('Since the first day'),
  tx_time_days: integer().describe('Since the first day'),
  tx_fraud: boolean().describe('Known seven days later'),
  tx_fraud_scenario: integer().describe('0: none'),
};

const bronzeTx = source({
  name: 'bronze.tx',
  description: 'Transactions as the simulator made them.',
  source: postgres('handbook'),
  relation: 'public.tx',
  extraction: cursor('tx_datetime', applicationClock({ lateness: '1 hour' })),
  columns,
});

export const tx = dataset({
  name: 'silver.tx',
  description: 'One row per transaction.',
  inputs: { raw: bronzeTx },
  sql: 'tx.sql',
  write: merge({ latestBy: 'tx_datetime' }),
  partitionBy: day('tx_date'),
  columns: { ...columns, tx_date: date().describe('UTC day') },
  checks: [unique('transaction_id')],
});

const windows = <T>(make: () => T, names: readonly string[]) =>
  Object.fromEntries(names.flatMap((name) => ['1d', '7d', '30d'].map((window) => [`${name}_${window}`, make()])));

export const handbookFeatures = dataset({
  name: 'feature.handbook',
  description: 'The fifteen features of the handbook, with the label and what its split needs.',
  // Thirty days that end seven days before the payment: the longest window.
  inputs: { tx, past: tx.window('37 days') },
  sql: 'features.sql',
  partitionBy: month('tx_date'),
  columns: {
    transaction_id: key(integer()),
    tx_date: date(),
    tx_datetime: timestamp(),
    tx_time_days: integer(),
    customer_id: integer(),
    terminal_id: integer(),
    tx_fraud: boolean(),
    amount: double(),
    is_weekend: double(),
    is_night: double(),
    ...windows(double, ['customer_count', 'customer_mean', 'terminal_count', 'terminal_risk']),
  },
  checks: [unique('transaction_id')],
});

export default project({
  name: 'handbook',
  sqlFolder: '.',
  pipelines: [
    pipeline({
      name: 'handbook_features',
      description: 'The Fraud Detection Handbook: transactions to features.',
      start: '2018-04-01',
      interval: 'day',
      datasets: [handbookFeatures],
    }),
  ],
});
