import type { Dataset, SourceDataset } from './dataset.ts';
import { StrataError } from './errors.ts';
import { earliest, type Instant, latest, shift } from './instant.ts';
import { type Interval, intervalOf } from './interval.ts';
import { covers, subtract } from './interval-set.ts';
import type { LedgerState } from './ledger.ts';
import { calls } from './mapping-rules.ts';
import { belongs } from './partitions.ts';
import { mergeSource } from './pending.ts';
import { type Ledgers, ledgerOf } from './staleness.ts';
import { positionDecides } from './winner.ts';

/** The next look at a source for a range. */
export interface Look {
  /** Rows with cursor at or after this are read. Earlier than the range where an earlier look could not settle. */
  readonly lower: Instant;
  /** Rows before this are read; undefined: all up to the snapshot, each routed to its own partition. */
  readonly upper: Instant | undefined;
}

/**
 * What to read so that the range is covered and what was left unsettled is seen again.
 * @param lowWater before this moment the source shows everything it ever will
 */
export function nextLook(ledger: LedgerState, range: Interval, lowWater: Instant): Look {
  const unsettled = subtract(ledger.covered, ledger.settled)[0];
  return {
    lower: unsettled ? earliest(range.start, unsettled.start) : range.start,
    upper: range.end > lowWater ? undefined : range.end,
  };
}

const DAY_MILLIS = 86_400_000;

/**
 * Does the range end less than a day before what the source shows for good? Then a look at it also tells which keys are
 * gone; the days of a backfill need not each read all keys.
 * @param lowWater null where nobody can tell
 */
export const reachesPresent = (range: Interval, lowWater: Instant | null): boolean =>
  lowWater === null || shift(range.end, DAY_MILLIS) > lowWater;

/** Has the range been seen for good, so that looking again finds nothing? */
export const isSettled = (ledger: LedgerState, range: Interval): boolean => covers(ledger.settled, range);

/**
 * A snapshot stores only what differs from the newest one; put in behind a newer one it would win over what that one saw
 * and, because it was the same as before, did not store. Where deletions are found by key snapshots every look is held to
 * this: an older one brings rows of keys that a newer one, not knowing them, could not call gone.
 * @param position of the snapshot that was read
 * @throws conflict when a newer snapshot is in the log: read the source again
 */
export function refuseOlderSnapshot(dataset: string, ledger: LedgerState, position: string): void {
  if (ledger.lookedAt === undefined || BigInt(position) >= BigInt(ledger.lookedAt)) return;
  throw new StrataError(
    'conflict',
    `${dataset}: a snapshot at ${ledger.lookedAt} is in already; this one, at ${position}, is older`,
    { where: dataset, hint: 'Take a new snapshot; the older one is history that nobody needs.' },
  );
}

/**
 * Of looks at one server the later has the greater position. A server that was made anew from a dump, or put back to an
 * earlier moment, counts from lower numbers: where positions decide, all it shows would lose against what the old one showed.
 * @param before the ledger as it was before the source was read
 * @param position of what was read
 * @throws conflict: a standby that lags gets over it
 */
export function refuseRewoundSource(source: SourceDataset, before: LedgerState, position: string): void {
  const seen = before.lookedAt;
  if (!positionDecides(source) || seen === undefined || BigInt(position) >= BigInt(seen)) return;
  throw new StrataError(
    'conflict',
    `${source.name}: the source is at position ${position}, and was looked at before at ${seen}: it went back`,
    {
      where: source.name,
      hint: 'A standby that lags catches up by itself. A server restored from a dump or to an earlier moment does not: see Limits in docs/operations.md.',
    },
  );
}

/** `unobservable`: a past interval of a snapshot source, gone without anybody looking. */
export type Coverage = 'covered' | 'open' | 'unobservable';

/** @param now the source's clock */
export function coverageOf(source: SourceDataset, ledger: LedgerState, interval: Interval, now: Instant): Coverage {
  if (covers(ledger.covered, interval)) return 'covered';
  return source.extraction.kind === 'snapshot' && interval.end <= now ? 'unobservable' : 'open';
}

/** Source dataset -> the start of the pipeline that reads it: nobody will ever look at anything earlier. */
export type Starts = ReadonlyMap<string, Instant>;

/**
 * Partitions of a dataset not yet covered to their end: built, but neither held to trends nor published unless the
 * pipeline or the dataset (`toDate`) says so. A derived partition is open when a source read by cursor, along inputs that
 * call its partitions, is.
 */
export function openPartitions(dataset: Dataset, ledgers: Ledgers, starts: Starts): string[] {
  const by = dataset.partitionBy;
  if (by.kind !== 'time' || by.toDate) return [];
  const sources = drivingSources(dataset);
  return [...ledgerOf(ledgers, dataset.name).partitions.keys()].filter((partition) => {
    if (!belongs(by, partition)) return false;
    const interval = intervalOf(partition, by.grain);
    return sources.some(({ name }) => {
      const start = latest(interval.start, starts.get(name) ?? interval.start);
      return start < interval.end && !covers(ledgerOf(ledgers, name).covered, { start, end: interval.end });
    });
  });
}

/** Has a partition of one of them been open before that is closed now, so that it may be published, whether it changed or not? */
export function closedSince(datasets: readonly Dataset[], before: Ledgers, now: Ledgers, starts: Starts): boolean {
  return datasets.some((dataset) => {
    const were = openPartitions(dataset, before, starts);
    if (were.length === 0) return false;
    const are = new Set(openPartitions(dataset, now, starts));
    return were.some((partition) => !are.has(partition));
  });
}

/** Sources read by cursor whose time is the dataset's time. A snapshot shows all rows of all times at once. */
function drivingSources(dataset: Dataset): SourceDataset[] {
  if (dataset.kind === 'source') return [dataset];
  const inputs =
    dataset.write.kind === 'merge'
      ? [mergeSource(dataset)]
      : Object.values(dataset.inputs)
          .filter((i) => calls(i.mapping, i.dataset.partitionBy))
          .map((i) => i.dataset);
  return inputs.flatMap(drivingSources).filter((source) => source.extraction.kind === 'cursor');
}
