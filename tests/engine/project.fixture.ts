import {
  applicationClock,
  bigint,
  cursor,
  dataset,
  date,
  day,
  decimal,
  key,
  merge,
  pipeline,
  postgres,
  source,
  text,
  timestamp,
} from '../../core/builders.ts';
import type { Dataset } from '../../core/dataset.ts';
import type { Project } from '../../core/project.ts';
import type { Problem } from '../../engine/problem.ts';
import { checkDefinitions } from '../../quality/definition.ts';
import { writeFiles } from './engine.fixture.ts';

const bronze = { source: postgres('oltp'), extraction: cursor('updated_at', applicationClock({ lateness: '1 hour' })) };

export const rawPayment = source({
  ...bronze,
  name: 'bronze.payment',
  description: 'Payments as the shop has them.',
  relation: 'public.payment',
  columns: {
    id: key(bigint()),
    amount: decimal(18, 3),
    currency: text(),
    share: text().nullable(),
    paid_at: timestamp(),
    updated_at: timestamp(),
  },
});

export const rate = dataset({
  name: 'silver.rate',
  description: 'Rates.',
  inputs: { raw: rawPayment },
  columns: { currency: key(text()), valid_from: key(date()), rate: decimal(18, 6), updated_at: timestamp() },
  sql: 'rate.sql',
  write: merge({ latestBy: 'updated_at' }),
});

export const RATE_SQL = `SELECT currency, (paid_at AT TIME ZONE 'UTC')::DATE AS valid_from, amount::DECIMAL(18,6) AS rate, updated_at
FROM {{raw}}`;

export const PAYMENT_COLUMNS = {
  payment_id: key(bigint()),
  amount: decimal(18, 3),
  currency: text(),
  paid_at: timestamp(),
  updated_at: timestamp(),
};

/** `silver.payment`, a merge of `bronze.payment` that also reads `silver.rate`. */
export const payment = (change: object = {}) =>
  dataset({
    name: 'silver.payment',
    description: 'Payments.',
    inputs: {
      raw: rawPayment,
      rate: rate.asOf({ on: { currency: 'currency' }, at: 'paid_at', validFrom: 'valid_from' }),
    },
    columns: PAYMENT_COLUMNS,
    partitionBy: day('paid_at'),
    write: merge({ latestBy: 'updated_at' }),
    sql: 'payment.sql',
    ...change,
  });

export const PAYMENT_SQL = `SELECT
  raw.id AS payment_id,
  (raw.amount * coalesce(rate.rate, 1))::DECIMAL(18,3) AS amount,
  raw.currency,
  raw.paid_at,
  raw.updated_at
FROM {{raw}} AS raw
ASOF LEFT JOIN {{rate}} AS rate
  ON rate.currency = raw.currency AND rate.valid_from <= (raw.paid_at AT TIME ZONE 'UTC')::DATE
`;

export const projectOf = (...datasets: Dataset[]): Project => ({
  name: 'shop',
  sqlFolder: 'sql',
  pipelines: [pipeline({ name: 'nightly', description: 'd', start: '2026-11-01', interval: 'day', datasets })],
});

/** What `strata check` says about these datasets with these SQL files. */
export async function problemsOf(
  folder: string,
  datasets: readonly Dataset[],
  files: Readonly<Record<string, string>>,
): Promise<readonly Problem[]> {
  writeFiles(folder, { 'rate.sql': RATE_SQL, 'payment.sql': PAYMENT_SQL, ...files });
  return (await checkDefinitions(projectOf(...datasets), { sqlRoot: folder })).problems;
}
