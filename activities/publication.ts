import { Context } from '@temporalio/activity';
import { openPartitions } from '../core/coverage.ts';
import type { Cut } from '../core/cuts.ts';
import type { DerivedDataset } from '../core/dataset.ts';
import { StrataError } from '../core/errors.ts';
import { pipelineNamed, startsOf, upstreamOf } from '../core/graph.ts';
import type { LedgerState } from '../core/ledger.ts';
import { belongs } from '../core/partitions.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { isPublished, publishedName, publishedOf } from '../core/published.ts';
import type { Ledgers } from '../core/staleness.ts';
import { cutNamed } from '../lake/cuts.ts';
import type { Publication, PublishedTable } from '../warehouse/warehouse.ts';
import type { Platform } from './platform.ts';
import { ReadableFiles } from './readable-files.ts';
import { refuseOddRowCounts } from './row-count-gate.ts';

export interface Difference {
  readonly pipeline: string;
  /** The cut that the warehouse holds; null: none. */
  readonly from: number | null;
  readonly to: number;
  /** Of this attempt, for files that DuckDB cannot read where they are. */
  readonly directory: string;
}

/** What the warehouse is told: of every published table, the partitions in which two cuts differ. */
export async function publicationOf(
  platform: Platform,
  { pipeline, from, to, directory }: Difference,
): Promise<Publication> {
  const definition = pipelineNamed(platform.project, pipeline);
  const next = await cutOf(platform, definition, to);
  const previous = from === null ? undefined : await cutOf(platform, definition, from);
  const session = await platform.openSession(Context.current().cancellationSignal);
  const readable = new ReadableFiles(session, directory);
  try {
    const tables: PublishedTable[] = [];
    for (const dataset of publishedOf(definition)) {
      tables.push(await tableOf(platform, definition, dataset, previous, next, readable));
    }
    const names = new Set(tables.map(({ name }) => name));
    const gone = Object.keys(previous?.cut.versions ?? {})
      .filter(isPublished)
      .map(publishedName);
    const dropTables = gone.filter((name) => !names.has(name));
    const views = platform.definitions.views(pipeline);
    return { pipeline, fromCut: from, toCut: to, tables, dropTables, views };
  } finally {
    await session.close();
  }
}

interface LoadedCut {
  readonly cut: Cut;
  readonly ledgers: Ledgers;
}

/** A cut with the ledgers of its tables; what other pipelines own is not in it and is taken as it is. */
async function cutOf(platform: Platform, { name, datasets }: Pipeline, number: number): Promise<LoadedCut> {
  const cut = await cutNamed(platform.store, platform.env, name, number);
  if (!cut) {
    throw new StrataError('bad_input', `${name} has no cut ${number}`, {
      hint: 'Cuts are made when a run or backfill has converged; `strata status` shows the newest.',
    });
  }
  const ledgers = new Map<string, LedgerState>();
  for (const dataset of upstreamOf(datasets)) {
    const version = cut.versions[dataset.name];
    const table = platform.lake.table(dataset.name);
    const state = version === undefined ? await table.load() : await platform.lake.stateAt(dataset.name, version);
    ledgers.set(dataset.name, state.ledger);
  }
  return { cut, ledgers };
}

async function tableOf(
  platform: Platform,
  { publish }: Pipeline,
  dataset: DerivedDataset,
  previous: LoadedCut | undefined,
  { cut, ledgers }: LoadedCut,
  readable: ReadableFiles,
): Promise<PublishedTable> {
  const { name } = dataset;
  const ledger = ledgers.get(name) as LedgerState;
  const before = previous?.cut.versions[name];
  const starts = startsOf(platform.project);
  const open = (at: Ledgers) => new Set(publish?.openPartitions ? [] : openPartitions(dataset, at, starts));
  const openNow = open(ledgers);
  // A partition that was held back while open is due when it closes, although its rows are the same.
  const openThen = previous ? open(previous.ledgers) : new Set<string>();
  const due = [...ledger.partitions].filter(
    ([partition, { contentVersion }]) =>
      belongs(dataset.partitionBy, partition) &&
      !openNow.has(partition) &&
      (before === undefined || contentVersion > before || openThen.has(partition)),
  );
  refuseOddRowCounts(
    dataset,
    ledger,
    due.map(([partition]) => partition),
  );
  const wanted = new Set(due.map(([partition]) => partition));
  const { files } = await platform.lake.stateAt(name, cut.versions[name] ?? -1);
  const needed = [...files.values()].filter((file) => wanted.has(file.partition));
  const uris = await readable.of(platform.lake.table(name), needed);
  return {
    name: publishedName(name),
    description: dataset.description,
    columns: dataset.columns,
    key: dataset.key,
    partitionBy: dataset.partitionBy,
    replacePartitions: [...wanted].map((partition) => ({
      partition,
      uris: uris.filter((file) => file.partition === partition).map(({ uri }) => uri),
    })),
    dropPartitions: [],
    ...(before === undefined && { full: true }),
  };
}
