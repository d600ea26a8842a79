import { isSettled } from '../core/coverage.ts';
import type { SourceDataset } from '../core/dataset.ts';
import { type Grain, type Interval, intervalOf, overlaps, partitionsIn } from '../core/interval.ts';
import { covers, type IntervalSet } from '../core/interval-set.ts';
import type { LedgerState } from '../core/ledger.ts';
import type { Reprocess } from '../core/staleness.ts';

export interface PlannedIngest {
  readonly dataset: string;
  readonly interval: Interval;
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
    ...snapshots.map(({ name }) => ({ dataset: name, interval: range })),
    ...chunks.flatMap((interval) => cursors.map(({ name }) => ({ dataset: name, interval }))),
  ];
}

function chunksOf(range: Interval, grain: Grain): Interval[] {
  const partitions = partitionsIn(range, grain);
  const size = Math.max(Math.ceil(partitions.length / MOST_CHUNKS), LEAST_CHUNK[grain]);
  const chunks: Interval[] = [];
  for (let i = 0; i < partitions.length; i += size) {
    const group = partitions.slice(i, i + size);
    const [first, last] = [group[0] as string, group.at(-1) as string];
    chunks.push({ start: intervalOf(first, grain).start, end: intervalOf(last, grain).end });
  }
  return chunks;
}

/**
 * What of a chunk must be looked at: from the first interval that is due to the last.
 * @param due of one interval of the grain
 */
export function dueOf(chunk: Interval, grain: Grain, due: (interval: Interval) => boolean): Interval | undefined {
  const intervals = partitionsIn(chunk, grain).map((partition) => intervalOf(partition, grain));
  const [first, last] = [intervals.find(due), intervals.findLast(due)];
  return first && last && { start: first.start, end: last.end };
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
