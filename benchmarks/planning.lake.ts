import {
  bigint,
  cursor,
  databaseClock,
  dataset,
  day,
  key,
  merge,
  pipeline,
  postgres,
  project,
  source,
  timestamp,
} from '../core/builders.ts';
import { nextEpochs } from '../core/claims.ts';
import type { Dataset } from '../core/dataset.ts';
import { datasetsOf } from '../core/graph.ts';
import { instantFromMillis } from '../core/instant.ts';
import { intervalOf, partitionAt } from '../core/interval.ts';
import { lakeColumns } from '../core/lake-columns.ts';
import { EMPTY_LEDGER, type LedgerEntry, LedgerFold } from '../core/ledger.ts';
import { ingestScope, partitionScope, tableScope } from '../core/scopes.ts';
import { writeCheckpoint } from '../lake/checkpoints.ts';
import type { LakeFile } from '../lake/delta-paths.ts';
import { schemaString } from '../lake/delta-schema.ts';
import { dataFile } from '../lake/layout.ts';
import type { ObjectStore } from '../lake/object-store.ts';
import { inParallel } from '../lake/parallel.ts';
import { openTable, type Table } from '../lake/table.ts';

const SOURCES = 10;
const GOLD_PER_SOURCE = 3;
const HASH = 'content-hash-of-the-definition';
const FIRST_DAY = Date.UTC(1999, 0, 1);

const columns = () => ({ id: key(bigint()), at: timestamp() });

/** 10 bronze tables, a merge of each, and three tables made from each merge: 50. */
const gold = Array.from({ length: SOURCES }, (_, s) => {
  const bronze = source({
    name: `bronze.t${s}`,
    description: 'Bench',
    source: postgres('oltp'),
    relation: `public.t${s}`,
    extraction: cursor('at', databaseClock()),
    columns: columns(),
  });
  const silver = dataset({
    name: `silver.t${s}`,
    description: 'Bench',
    inputs: { raw: bronze },
    columns: columns(),
    partitionBy: day('at'),
    sql: 'x.sql',
    write: merge({ latestBy: 'at' }),
  });
  return Array.from({ length: GOLD_PER_SOURCE }, (_, g) =>
    dataset({
      name: `gold.t${s}_${g}`,
      description: 'Bench',
      inputs: { silver },
      columns: columns(),
      partitionBy: day('at'),
      sql: 'x.sql',
    }),
  );
}).flat();

export const benchProject = project({
  name: 'bench',
  sqlFolder: '.',
  pipelines: [pipeline({ name: 'bench', description: 'Bench', start: '1999-01-01', interval: 'day', datasets: gold })],
});

export const benchDatasets = (): Dataset[] => datasetsOf(benchProject);
export const benchHashes = (): Record<string, string> =>
  Object.fromEntries(benchDatasets().map(({ name }) => [name, HASH]));

const dayNamed = (n: number): string => partitionAt(instantFromMillis(FIRST_DAY + n * 86_400_000), 'day');

/** What a commit that brought or built these days would say. All tables have had `days` commits, one a day, then the tail. */
function entryOf(dataset: Dataset, days: readonly number[], inputVersion: number, ledger = EMPTY_LEDGER): LedgerEntry {
  const names = days.map(dayNamed);
  const merges = dataset.kind === 'derived' && dataset.write.kind === 'merge';
  const range = intervalOf(names[0] as string, 'day');
  const scopes =
    dataset.kind === 'source'
      ? [ingestScope(dataset.name, range)]
      : merges
        ? [tableScope(dataset.name)]
        : names.map((name) => partitionScope(dataset.name, name));
  const inputs =
    dataset.kind === 'source'
      ? {}
      : Object.fromEntries(Object.values(dataset.inputs).map((i) => [i.dataset.name, inputVersion]));
  const digest = (name: string) => `${dataset.name}-${name}-${inputVersion}-0123456789abcdef`;
  return {
    format: 1,
    kind: dataset.kind === 'source' ? 'ingest' : merges ? 'merge' : 'replace',
    claim: {
      dataset: dataset.name,
      scopes: nextEpochs(ledger, scopes),
      inputs,
      contentHash: HASH,
      run: 'run/bench/2026',
    },
    partitions: Object.fromEntries(names.map((name) => [name, { digest: digest(name), rows: 12_345 }])),
    ...(merges ? { merged: names } : {}),
    ...(dataset.kind === 'source'
      ? { coverage: { covered: range, settledTo: range.end, position: `${days[0]}`, observedAt: range.end } }
      : {}),
    counts: { rowsIn: 12_345, rowsOut: 12_345, quarantined: 0, bytes: 999_999, millis: 1234 },
  };
}

/** The last commits of bronze that nobody has merged. */
const AHEAD = 10;
const versionSeen = (dataset: Dataset, now: number): number =>
  dataset.kind === 'source' ? now : Math.max(0, now - AHEAD);

/** A folded history of one commit a day, then a tail of single commits that no checkpoint holds yet. */
export async function buildLake(store: ObjectStore, env: string, days: number, tail: number): Promise<void> {
  for (const dataset of benchDatasets()) await fold(openTable(store, env, dataset), dataset, days);
  await inParallel(benchDatasets(), 8, async (dataset) => {
    const table = openTable(store, env, dataset, { checkpointEvery: Number.MAX_SAFE_INTEGER });
    for (let i = 0; i < tail; i++)
      await commitDay(table, dataset, days - 1 - (i % days), versionSeen(dataset, days + i));
  });
}

async function fold(table: Table, dataset: Dataset, days: number): Promise<void> {
  const ledger = new LedgerFold();
  const files = new Map<string, LakeFile>();
  for (let n = 0; n < days; n++) {
    ledger.add(n, entryOf(dataset, [n], versionSeen(dataset, n)));
    const path = dataFile(dayNamed(n), `attempt-${n}`, 0);
    files.set(path, { path, partition: dayNamed(n), rows: 12_345, bytes: 999_999, modificationTime: FIRST_DAY });
  }
  const columns = lakeColumns(dataset);
  await writeCheckpoint(table.store, table.folder, {
    version: days - 1,
    ledger: ledger.state,
    files,
    columns,
    metaData: {
      id: dataset.name,
      format: { provider: 'parquet', options: {} },
      schemaString: schemaString(columns),
      partitionColumns: ['_partition'],
      configuration: {},
    },
  });
}

async function commitDay(table: Table, dataset: Dataset, n: number, inputVersion: number): Promise<void> {
  const entry = entryOf(dataset, [n], inputVersion, (await table.load()).ledger);
  const partition = dayNamed(n);
  await table.commit({
    claim: entry.claim,
    partitions: [partition],
    columns: lakeColumns(dataset),
    prepare: async () => ({
      adds: [{ path: dataFile(partition, `tail-${inputVersion}`, 0), partition, rows: 12_345, bytes: 999_999 }],
      removes: [],
      entry,
    }),
  });
}
