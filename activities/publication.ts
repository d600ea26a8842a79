import { Context } from '@temporalio/activity';
import { tableDifference, visibleIn } from '../core/cut-difference.ts';
import type { DerivedDataset } from '../core/dataset.ts';
import { StrataError } from '../core/errors.ts';
import { pipelineNamed, startsOf, upstreamOf } from '../core/graph.ts';
import type { LedgerState } from '../core/ledger.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { isPublished, publishedName, publishedOf } from '../core/published.ts';
import { type Ledgers, ledgerOf } from '../core/staleness.ts';
import { cutNamed, cutNumbers, type WrittenCut } from '../lake/cuts.ts';
import type { Publication, PublishedCut, PublishedTable } from '../warehouse/warehouse.ts';
import { refuseUnpublishable } from './earlier-cut.ts';
import type { Platform } from './platform.ts';
import { ReadableFiles } from './readable-files.ts';
import { refuseOddRowCounts } from './row-count-gate.ts';

/** A cut as the lake has it, with the ledgers of its tables; what other pipelines own is not in it and is taken as it is. */
interface LoadedCut {
  readonly cut: WrittenCut;
  readonly ledgers: Ledgers;
}

export interface Wanted {
  readonly pipeline: string;
  /** The cut that the warehouse holds; null: none. */
  readonly held: PublishedCut | null;
  readonly to: number;
  /** Of this attempt, for files that DuckDB cannot read where they are. */
  readonly directory: string;
}

/**
 * What the warehouse is told: of every published table, the partitions in which two cuts differ. A cut that this lake does
 * not have tells nothing about what the warehouse holds: then every table comes whole.
 */
export async function publicationOf(
  platform: Platform,
  { pipeline, held, to, directory }: Wanted,
): Promise<Publication> {
  const definition = pipelineNamed(platform.project, pipeline);
  const next = await loadCut(platform, definition, await cutOf(platform, pipeline, to));
  const from = await heldCut(platform, pipeline, held);
  const previous = from && (await loadCut(platform, definition, from));
  const session = await platform.openSession(Context.current().cancellationSignal);
  const readable = new ReadableFiles(session, directory);
  try {
    const tables: PublishedTable[] = [];
    for (const dataset of publishedOf(definition)) {
      tables.push(await tableOf(platform, definition, dataset, previous, next, readable));
    }
    const names = new Set(tables.map(({ name }) => name));
    const gone = Object.keys(from?.versions ?? {})
      .filter(isPublished)
      .map(publishedName);
    return {
      pipeline,
      fromCut: held?.number ?? null,
      fromId: held?.id ?? 0,
      toCut: to,
      toId: next.cut.id,
      allowEarlier: held !== null && held.number >= to,
      tables,
      dropTables: gone.filter((name) => !names.has(name)),
      views: platform.definitions.views(pipeline),
    };
  } finally {
    await session.close();
  }
}

/** The lake's cut that the warehouse holds; undefined: it holds none, or one of another lake or from before a restore. */
export async function heldCut(
  { store, env }: Platform,
  pipeline: string,
  held: PublishedCut | null,
): Promise<WrittenCut | undefined> {
  const cut = held ? await cutNamed(store, env, pipeline, held.number) : undefined;
  return cut?.id === held?.id ? cut : undefined;
}

/** @throws bad_input naming the cuts that there are */
export async function cutOf(
  { store, env }: Pick<Platform, 'store' | 'env'>,
  pipeline: string,
  number: number,
): Promise<WrittenCut> {
  const cut = await cutNamed(store, env, pipeline, number);
  if (cut) return cut;
  const numbers = await cutNumbers(store, env, pipeline);
  throw new StrataError('bad_input', `${pipeline} has no cut ${number}`, {
    hint:
      numbers.length > 0
        ? `Its cuts are ${numbers[0]} to ${numbers.at(-1)}.`
        : 'It has none yet: they are made when a run or backfill has converged.',
  });
}

async function loadCut({ lake }: Platform, pipeline: Pipeline, cut: WrittenCut): Promise<LoadedCut> {
  const published = new Set(publishedOf(pipeline).map(({ name }) => name));
  const ledgers = new Map<string, LedgerState>();
  for (const { name } of upstreamOf(pipeline.datasets)) {
    const version = cut.versions[name];
    // A table that came after this cut was not there.
    const others = version === undefined && !published.has(name);
    const state = others ? await lake.table(name).load() : await lake.stateAt(name, version ?? -1);
    ledgers.set(name, state.ledger);
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
  const { name, description, columns, key, partitionBy } = dataset;
  const before = previous?.cut.versions[name] === undefined ? undefined : previous.ledgers;
  const options = { starts: startsOf(platform.project), openToo: publish?.openPartitions ?? false };
  const { replace, drop } = tableDifference(
    before ? visibleIn(dataset, before, options) : new Map(),
    visibleIn(dataset, ledgers, options),
  );
  const back = previous !== undefined && previous.cut.number > cut.number;
  // What is published again was held to trends when it was new.
  if (!back) refuseOddRowCounts(dataset, ledgerOf(ledgers, name), replace);
  const wanted = new Set(replace);
  const { files } = await platform.lake.stateAt(name, cut.versions[name] ?? -1);
  if (back) await refuseUnpublishable(platform.lake.table(name), dataset, [...files.values()], wanted, cut.number);
  const needed = [...files.values()].filter((file) => wanted.has(file.partition));
  const uris = await readable.of(platform.lake.table(name), needed);
  return {
    name: publishedName(name),
    description,
    columns,
    key,
    partitionBy,
    replacePartitions: replace.map((partition) => ({
      partition,
      uris: uris.filter((file) => file.partition === partition).map(({ uri }) => uri),
    })),
    dropPartitions: drop,
    ...(before === undefined && { full: true }),
  };
}
