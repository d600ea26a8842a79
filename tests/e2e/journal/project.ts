import {
  bigint,
  cursor,
  databaseClock,
  dataset,
  decimal,
  key,
  merge,
  pipeline,
  postgres,
  project,
  source,
  text,
  timestamp,
} from '../../../core/builders.ts';

/** A journal whose rows are stamped by the database with the time at which their transaction began. */
const bronzeEntry = source({
  name: 'bronze.entry',
  description: 'Entries as the journal had them.',
  source: postgres('journal'),
  relation: 'public.entry',
  extraction: cursor('updated_at', databaseClock({ skew: '1 second' })),
  columns: { id: key(bigint()), account: text(), amount: decimal(18, 2), updated_at: timestamp() },
});

const entry = dataset({
  name: 'silver.entry',
  description: 'One row per entry, as it stands now.',
  inputs: { raw: bronzeEntry },
  columns: { id: key(bigint()), account: text(), amount: decimal(18, 2), updated_at: timestamp() },
  sql: 'entry.sql',
  write: merge({ latestBy: 'updated_at' }),
});

const balance = dataset({
  name: 'gold.balance',
  description: 'What an account holds.',
  inputs: { entry },
  columns: { account: key(text()), entries: bigint(), balance: decimal(38, 2) },
  sql: 'balance.sql',
});

export default project({
  name: 'journal',
  sqlFolder: '.',
  pipelines: [
    pipeline({
      name: 'journal_daily',
      description: 'The journal to the warehouse, as it is today.',
      start: '2020-01-01',
      interval: 'day',
      datasets: [balance],
      publish: { to: 'analytics', openPartitions: true },
    }),
  ],
});
