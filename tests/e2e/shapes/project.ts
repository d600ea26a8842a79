import {
  applicationClock,
  bigint,
  cursor,
  type DerivedDataset,
  dataset,
  day,
  decimal,
  json,
  key,
  merge,
  mongo,
  pipeline,
  postgres,
  project,
  type SourceDataset,
  snapshot,
  source,
  text,
  timestamp,
} from '../../../core/builders.ts';
import type { ColumnShape } from '../../../core/column.ts';
import type { Extraction } from '../../../core/source.ts';
import { selectAll, wideColumns } from './columns.ts';

const clock = applicationClock({ lateness: '1 hour' });
const byCursor = cursor('updated_at', clock);
const withDeletes = cursor('updated_at', clock, { deletes: 'key-snapshot', holdAbove: 0.5 });

export const WIDE = 120;
export const WIDEST = 800;

/** The tables of other shapes: each as its source declares it, and how it is read. */
const SHAPES: Record<string, { columns: ColumnShape; extraction: Extraction }> = {
  subscription: {
    extraction: withDeletes,
    columns: { id: key(bigint()), plan: text(), price: decimal(18, 2), updated_at: timestamp() },
  },
  wide: { extraction: byCursor, columns: wideColumns(WIDE) },
  widest: { extraction: snapshot(), columns: wideColumns(WIDEST) },
  tiny: { extraction: byCursor, columns: { id: key(text()), updated_at: timestamp() } },
  nothing: { extraction: byCursor, columns: { id: key(bigint()), note: text().nullable(), updated_at: timestamp() } },
  never_deleted: {
    extraction: withDeletes,
    columns: { id: key(bigint()), note: text().nullable(), updated_at: timestamp() },
  },
  /** Without a time that could be trusted. */
  tariff: { extraction: snapshot({ holdAbove: 0.5 }), columns: { country: key(text()), rate: decimal(6, 4) } },
};

const EVENT = { kind: text(), payload: json().nullable(), updated_at: timestamp() };
const PROFILE = { id: key(text()), name: text().nullable(), updated_at: timestamp() };

/** SQL files by their path; there is one for every derived dataset. */
export const SQL: Record<string, string> = {};

function merged(bronze: SourceDataset, columns: ColumnShape, latestBy: string): DerivedDataset {
  const table = bronze.name.split('.')[1]!;
  SQL[`silver/${table}.sql`] = selectAll(columns, 'raw');
  return dataset({
    name: `silver.${table}`,
    description: `${table}, as it stands now.`,
    inputs: { raw: bronze },
    columns,
    sql: `silver/${table}.sql`,
    write: merge({ latestBy }),
  });
}

function finished(silver: DerivedDataset, columns: ColumnShape): DerivedDataset {
  const table = silver.name.split('.')[1]!;
  SQL[`gold/${table}.sql`] = selectAll(columns, 'silver');
  return dataset({
    name: `gold.${table}`,
    description: `${table}, for everybody.`,
    inputs: { silver },
    columns,
    sql: `gold/${table}.sql`,
  });
}

const tables = Object.entries(SHAPES).map(([table, { columns, extraction }]) => {
  const bronze = source({
    name: `bronze.${table}`,
    description: `${table}, as seen.`,
    source: postgres('shapes'),
    relation: table,
    extraction,
    columns,
  });
  return finished(merged(bronze, columns, 'updated_at' in columns ? 'updated_at' : 'country'), columns);
});

const profile = source({
  name: 'bronze.profile',
  description: 'Documents, some of them deleted.',
  source: mongo('documents'),
  relation: 'profile',
  extraction: withDeletes,
  sourceColumns: { id: '_id' },
  columns: PROFILE,
});

const event = source({
  name: 'bronze.event',
  description: 'Events without any key; equal ones are different events.',
  source: postgres('shapes'),
  relation: 'event',
  extraction: byCursor,
  columns: EVENT,
});

/** A multiset stays one: no key, every copy a row. */
SQL['silver/event.sql'] = selectAll(EVENT, 'raw');
const silverEvent = dataset({
  name: 'silver.event',
  description: 'Every event, copies among them.',
  inputs: { raw: event },
  columns: EVENT,
  partitionBy: day('updated_at'),
  sql: 'silver/event.sql',
});

const EVENT_COUNT = { kind: key(text()), payload: key(text()), events: bigint() };
SQL['gold/event.sql'] =
  "SELECT e.kind, COALESCE(e.payload, 'none') AS payload, COUNT(*) AS events FROM {{events}} AS e GROUP BY ALL\n";
const eventCount = dataset({
  name: 'gold.event',
  description: 'How many of each.',
  inputs: { events: silverEvent },
  columns: EVENT_COUNT,
  sql: 'gold/event.sql',
});

export const PIPELINE = 'shapes_daily';

export default project({
  name: 'shapes',
  sqlFolder: '.',
  pipelines: [
    pipeline({
      name: PIPELINE,
      description: 'Tables of every shape.',
      start: '2020-01-01',
      interval: 'day',
      datasets: [...tables, finished(merged(profile, PROFILE, 'updated_at'), PROFILE), eventCount],
      publish: { to: 'analytics', openPartitions: true },
    }),
  ],
});
