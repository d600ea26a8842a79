import { isDue } from '../activities/ingest-plan.ts';
import type { CheckedBackfill } from '../activities/run-input.ts';
import { scanForKeys } from '../activities/scan-keys.ts';
import type { DerivedDataset, SourceDataset } from '../core/dataset.ts';
import { ownedBy } from '../core/graph.ts';
import { intervalOf, overlaps, partitionsIn, printInterval } from '../core/interval.ts';
import { covers, type IntervalSet } from '../core/interval-set.ts';
import type { LedgerState } from '../core/ledger.ts';
import { mergeSource, mustRemerge, pendingInputs } from '../core/pending.ts';
import { narrow } from '../core/plan.ts';
import { type Ledgers, ledgerOf, type Reprocess, stalePartitions } from '../core/staleness.ts';
import type { Local } from './local-platform.ts';
import { partitionRanges } from './partition-ranges.ts';

/** What of one source is looked at, or not, for one reason. */
export interface PlannedLook {
  readonly dataset: string;
  /** Of the pipeline; a snapshot is one look, however long the range is. */
  readonly intervals: number;
  /** `2026-11-01..2026-11-05` */
  readonly which: string;
  readonly due: boolean;
  readonly why: string;
}

/** Partitions of one dataset that are due already, for one reason. */
export interface PlannedBuild {
  readonly dataset: string;
  readonly partitions: number;
  readonly which: string;
  readonly why: string;
}

export interface BackfillPlan {
  readonly pipeline: string;
  readonly interval: string;
  readonly reprocess: Reprocess;
  readonly ingests: readonly PlannedLook[];
  /** Before the ingests; what they change comes on top. */
  readonly builds: readonly PlannedBuild[];
}

/**
 * What a backfill would do and why, from the lake alone.
 * @param failed source -> time of which the newest look failed; only Temporal knows it
 */
export async function planBackfill(
  { project, platform }: Local,
  asked: CheckedBackfill,
  failed: ReadonlyMap<string, IntervalSet> = new Map(),
): Promise<BackfillPlan> {
  const { pipeline, interval, reprocess } = asked;
  const part = ownedBy(project, pipeline.name);
  const ledgers = await platform.lake.ledgers(part);
  const ingests = part.sources.flatMap((source) =>
    looksAt(source, ledgerOf(ledgers, source.name), asked, failed.get(source.name) ?? []),
  );
  const builds: PlannedBuild[] = [];
  for (const dataset of part.derived) {
    const hash = platform.definitions.hash(dataset.name);
    builds.push(...(await buildsOf(dataset, ledgers, hash, asked, (keys) => scanForKeys(platform, keys))));
  }
  return { pipeline: pipeline.name, interval: printInterval(interval), reprocess, ingests, builds };
}

function looksAt(
  source: SourceDataset,
  ledger: LedgerState,
  { interval: range, reprocess, pipeline: { grain } }: CheckedBackfill,
  failed: IntervalSet,
): PlannedLook[] {
  const groups = new Map<string, { due: boolean; names: string[] }>();
  for (const name of partitionsIn(range, grain)) {
    const interval = intervalOf(name, grain);
    const due = isDue(source, ledger, interval, reprocess, failed);
    const hasFailed = failed.some((look) => overlaps(look, interval));
    const why = whyLook(source, covers(ledger.covered, interval), due, reprocess, hasFailed);
    const group = groups.get(why) ?? { due, names: [] };
    groups.set(why, group);
    group.names.push(name);
  }
  const by = { kind: 'time', column: '', grain } as const;
  return [...groups].map(([why, { due, names }]) => {
    const intervals = source.extraction.kind === 'snapshot' ? 1 : names.length;
    return { dataset: source.name, intervals, which: partitionRanges(by, names), due, why };
  });
}

function whyLook(
  source: SourceDataset,
  covered: boolean,
  due: boolean,
  reprocess: Reprocess,
  hasFailed: boolean,
): string {
  if (source.extraction.kind === 'snapshot') return 'a snapshot of the rows as they are now';
  if (!covered) return 'nobody has looked yet';
  if (!due) return 'covered';
  if (reprocess === 'completed') return 'covered, asked for again';
  return hasFailed ? 'covered, but the newest look failed' : 'covered, but not to its end';
}

async function buildsOf(
  dataset: DerivedDataset,
  ledgers: Ledgers,
  hash: string,
  { reprocess, interval: range }: CheckedBackfill,
  scan: Parameters<typeof narrow>[4],
): Promise<PlannedBuild[]> {
  const own = ledgerOf(ledgers, dataset.name);
  const found: PlannedBuild[] = [];
  const add = (partitions: readonly string[], by: DerivedDataset['partitionBy'], why: string) => {
    if (partitions.length === 0) return;
    const which = partitionRanges(by, [...partitions].sort());
    found.push({ dataset: dataset.name, partitions: partitions.length, which, why });
  };
  if (dataset.write.kind === 'merge') {
    const source = mergeSource(dataset);
    if (mustRemerge(dataset, own, hash, { reprocess, range })) {
      add([...own.partitions.keys()], dataset.partitionBy, 'made anew: its definition changed');
      return found;
    }
    add(pendingInputs(own, ledgerOf(ledgers, source.name)), source.partitionBy, `to be merged from ${source.name}`);
  }
  const { stale, candidates } = stalePartitions(dataset, ledgers, hash, { reprocess, range });
  const { held } = await narrow(dataset, own, ledgers, candidates, scan);
  const groups = new Map<string, string[]>();
  for (const { partition, reason, because } of [...stale, ...held]) {
    const why = {
      missing: 'missing',
      data: `${because?.input} moved`,
      code: 'its definition changed',
      asked: 'asked for',
    }[reason];
    groups.set(why, [...(groups.get(why) ?? []), partition]);
  }
  for (const [why, partitions] of groups) add(partitions, dataset.partitionBy, why);
  return found;
}
