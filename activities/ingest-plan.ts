import { isSettled } from '../core/coverage.ts';
import type { SourceDataset } from '../core/dataset.ts';
import { type Grain, type Interval, intervalOf, overlaps, partitionsIn } from '../core/interval.ts';
import { covers, type IntervalSet } from '../core/interval-set.ts';
import type { LedgerState } from '../core/ledger.ts';
import type { Reprocess } from '../core/staleness.ts';

export interface PlannedIngest {
  readonly dataset: string;
  readonly interval: Interval;
  /** So many of the pipeline's; 1 for a snapshot, which is one look, however long the range is. */
  readonly intervals: number;
}

/** A range is cut into at most this many chunks per source, so that a backfill of years is not thousands of workflows. */
const MOST_CHUNKS = 64;

/**
 * Intervals of one chunk where the range is short: about a week. One look costs nearly the same for a day as for seven, and
 * what is done again after a failure stays small.
 */
const LEAST_CHUNK: Readonly<Record<Grain, number>> = { hour: 7 * 24, day: 7, week: 1, month: 1 };

/**
 * All ingests of a range, in a fixed order, whether due or not: a backfill counts its place in it. A source read by
 * snapshot is looked at once, however long the range is: the past cannot be seen any more.
 */
export function ingestsOf(
  sources: readonly SourceDataset[],
  range: Interval,
  grain: Grain,
  newestFirst: boolean,
): PlannedIngest[] {
  const chunks = chunksOf(range, grain);
  if (newestFirst) chunks.reverse();
  const snapshots = sources.filter((s) => s.extraction.kind === 'snapshot');
  const cursors = sources.filter((s) => s.extraction.kind === 'cursor');
  return [
    ...snapshots.map(({ name }) => ({ dataset: name, interval: range, intervals: 1 })),
    ...chunks.flatMap((chunk) => cursors.map(({ name }) => ({ dataset: name, ...chunk }))),
  ];
}

type Chunk = Omit<PlannedIngest, 'dataset'>;

function chunksOf(range: Interval, grain: Grain): Chunk[] {
  const intervals = intervalsIn(range, grain);
  const size = Math.max(Math.ceil(intervals.length / MOST_CHUNKS), LEAST_CHUNK[grain]);
  const chunks: Chunk[] = [];
  for (let i = 0; i < intervals.length; i += size) chunks.push(chunkOf(intervals.slice(i, i + size)));
  return chunks;
}

/**
 * What of a planned ingest must be done: each stretch of intervals that are due, and nothing between them.
 * @param due of one interval of the grain
 */
export function dueOf(planned: PlannedIngest, grain: Grain, due: (interval: Interval) => boolean): PlannedIngest[] {
  if (planned.intervals === 1) return due(planned.interval) ? [planned] : [];
  const stretches: Interval[][] = [];
  for (const interval of intervalsIn(planned.interval, grain).filter(due)) {
    const open = stretches.at(-1);
    if (open?.at(-1)?.end === interval.start) open.push(interval);
    else stretches.push([interval]);
  }
  return stretches.map((stretch) => ({ dataset: planned.dataset, ...chunkOf(stretch) }));
}

const intervalsIn = (range: Interval, grain: Grain): Interval[] =>
  partitionsIn(range, grain).map((partition) => intervalOf(partition, grain));

/** @param intervals neighbours, in order, at least one */
function chunkOf(intervals: readonly Interval[]): Chunk {
  const [first, last] = [intervals[0] as Interval, intervals.at(-1) as Interval];
  return { interval: { start: first.start, end: last.end }, intervals: intervals.length };
}

/**
 * Must this interval be looked at? `none` and `stale`: where nobody has looked yet. `failed`: also where a look could not see
 * everything, and where the newest one failed although an earlier one had covered the time. `completed`: always.
 * @param failed time of which the newest look failed
 */
export function isDue(
  source: SourceDataset,
  ledger: LedgerState,
  interval: Interval,
  reprocess: Reprocess,
  failed: IntervalSet = [],
): boolean {
  if (reprocess === 'completed' || source.extraction.kind === 'snapshot') return true;
  if (reprocess !== 'failed') return !covers(ledger.covered, interval);
  return !isSettled(ledger, interval) || failed.some((look) => overlaps(look, interval));
}
