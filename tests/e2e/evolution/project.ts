import {
  applicationClock,
  cursor,
  dataset,
  day,
  merge,
  pipeline,
  postgres,
  project,
  source,
  timestamp,
} from '../../../core/builders.ts';
import type { ColumnShape } from '../../../core/column.ts';
import type { Project } from '../../../core/project.ts';

export const PIPELINE = 'accounts_daily';

const select = (columns: ColumnShape, input: string): string =>
  `SELECT\n  ${[...Object.keys(columns), 'opened_at', 'updated_at'].map((c) => `${input}.${c}`).join(',\n  ')}\nFROM {{${input}}} AS ${input}\n`;

/** Accounts from the source to the warehouse; what they hold besides the times changes with the years. */
export function accounts(changing: ColumnShape): { project: Project; sql: Record<string, string> } {
  const columns = { ...changing, opened_at: timestamp(), updated_at: timestamp() };
  const bronze = source({
    name: 'bronze.account',
    description: 'Accounts as seen.',
    source: postgres('bank'),
    relation: 'account',
    extraction: cursor('updated_at', applicationClock({ lateness: '1 hour' })),
    ignored: ['secret'],
    columns,
  });
  const silver = dataset({
    name: 'silver.account',
    description: 'Accounts as they stand.',
    inputs: { raw: bronze },
    columns,
    partitionBy: day('opened_at'),
    sql: 'silver.sql',
    write: merge({ latestBy: 'updated_at' }),
  });
  const gold = dataset({
    name: 'gold.account',
    description: 'Accounts for everybody.',
    inputs: { silver },
    columns,
    partitionBy: day('opened_at'),
    sql: 'gold.sql',
  });
  return {
    project: project({
      name: 'accounts',
      sqlFolder: '.',
      pipelines: [
        pipeline({
          name: PIPELINE,
          description: 'Accounts to the warehouse.',
          start: '2026-11-01',
          interval: 'day',
          datasets: [gold],
          publish: { to: 'analytics', openPartitions: true },
        }),
      ],
    }),
    sql: { 'silver.sql': select(changing, 'raw'), 'gold.sql': select(changing, 'silver') },
  };
}
