import { bucketNames, sameBuckets } from './buckets.ts';
import { type PartitionBy, WHOLE } from './dataset.ts';
import { durationMillis, instantFromMillis, shift } from './instant.ts';
import { type Grain, type Interval, intervalOf, overlaps, partitionAt, partitionsIn, spanOf } from './interval.ts';
import type { LedgerState, Version } from './ledger.ts';
import type { Mapping } from './mapping.ts';
import { RangeMaximum } from './range-maximum.ts';

/** Input partitions that one output partition is made from; `same`: the one of its name. */
export type MadeFrom = 'every' | 'none' | 'same' | Interval;

/** Which partitions of an input does this output partition read, so that it is stale when one of them moves? */
export function madeFrom(mapping: Mapping, input: PartitionBy, output: PartitionBy, partition: string): MadeFrom {
  if (mapping.kind === 'lookup' || mapping.kind === 'asOf') return 'none';
  if (mapping.kind === 'aligned' && sameBuckets(input, output)) return 'same';
  if (mapping.kind === 'all' || input.kind !== 'time' || output.kind !== 'time') return 'every';
  const { start, end } = intervalOf(partition, output.grain);
  return mapping.kind === 'window' ? { start: shift(start, -durationMillis(mapping.before)), end } : { start, end };
}

/** The inverse: which output partitions does this input partition feed? `every`: all there are. */
export function feeds(
  mapping: Mapping,
  input: PartitionBy,
  output: PartitionBy,
  partition: string,
): 'every' | readonly string[] {
  if (mapping.kind === 'lookup' || mapping.kind === 'asOf') return [];
  if (output.kind === 'all') return [WHOLE];
  if (mapping.kind === 'aligned' && sameBuckets(input, output)) return [partition];
  if (mapping.kind === 'all' || input.kind !== 'time' || output.kind !== 'time') return 'every';
  const { start, end } = intervalOf(partition, input.grain);
  if (mapping.kind === 'aligned') return partitionsIn({ start, end }, output.grain);
  return partitionsIn({ start, end: shift(end, durationMillis(mapping.before)) }, output.grain);
}

/** The newest content that an output partition reads from one input. */
export interface Newest {
  readonly partition: string;
  readonly version: Version;
}

/** One input as a dataset sees it, made once per plan: answers per partition without going through all of them. */
export interface InputView {
  newest(partition: string): Newest | undefined;
  /** Output partitions that exist because of this input. */
  readonly called: readonly string[];
}

/** How an output cut in this way sees an input's ledger. */
export function inputView(mapping: Mapping, input: PartitionBy, output: PartitionBy, ledger: LedgerState): InputView {
  return viewOf(
    mapping,
    input,
    output,
    [...ledger.partitions].every(([name]) => belongs(input, name)) ? ledger : own(ledger, input),
  );
}

const own = (ledger: LedgerState, by: PartitionBy): LedgerState => ({
  ...ledger,
  partitions: new Map([...ledger.partitions].filter(([name]) => belongs(by, name))),
});

function viewOf(mapping: Mapping, input: PartitionBy, output: PartitionBy, ledger: LedgerState): InputView {
  if (mapping.kind === 'lookup' || mapping.kind === 'asOf') return { newest: () => undefined, called: [] };
  if (mapping.kind === 'aligned' && sameBuckets(input, output)) return { ...sameView(ledger), called: [] };
  if (mapping.kind === 'all' || input.kind !== 'time' || output.kind !== 'time') return wholeView(ledger);
  if (mapping.kind === 'window') return windowView(mapping.before, input.grain, output.grain, ledger);
  return input.grain === output.grain ? sameView(ledger) : containedView(input.grain, output.grain, ledger);
}

function wholeView(ledger: LedgerState): InputView {
  let best: Newest | undefined;
  for (const [partition, { contentVersion: version }] of ledger.partitions) {
    if (!best || version > best.version) best = { partition, version };
  }
  return { newest: () => best, called: [] };
}

function sameView(ledger: LedgerState): InputView {
  const newest = (partition: string): Newest | undefined => {
    const state = ledger.partitions.get(partition);
    return state && { partition, version: state.contentVersion };
  };
  return { newest, called: [...ledger.partitions.keys()] };
}

function containedView(input: Grain, output: Grain, ledger: LedgerState): InputView {
  const best = new Map<string, Newest>();
  for (const [partition, { contentVersion: version }] of ledger.partitions) {
    const out = partitionAt(intervalOf(partition, input).start, output);
    const known = best.get(out);
    if (!known || version > known.version) best.set(out, { partition, version });
  }
  return { newest: (partition) => best.get(partition), called: [...best.keys()] };
}

function windowView(before: string, input: Grain, output: Grain, ledger: LedgerState): InputView {
  const names = [...ledger.partitions.keys()].sort();
  if (names.length === 0) return { newest: () => undefined, called: [] };
  const spans = names.map((name) => spanOf(name, input));
  const versions = names.map((name) => ledger.partitions.get(name)!.contentVersion);
  const maximum = new RangeMaximum(versions);
  const millis = durationMillis(before);
  const answers = new Map<string, Newest | undefined>();
  const newest = (partition: string): Newest | undefined => {
    if (answers.has(partition)) return answers.get(partition);
    const { start, end } = spanOf(partition, output);
    const low = firstIndex(spans, (i) => i.end > start - millis);
    const high = firstIndex(spans, (i) => i.start >= end);
    const at = low < high ? maximum.indexIn(low, high) : undefined;
    const answer = at === undefined ? undefined : { partition: names[at]!, version: versions[at]! };
    answers.set(partition, answer);
    return answer;
  };
  // Not past the input's last partition: a window would call partitions of days that have not begun.
  const range = { start: instantFromMillis(spans[0]!.start), end: instantFromMillis(spans.at(-1)!.end) };
  return { newest, called: partitionsIn(range, output).filter((name) => newest(name)) };
}

/** Index of the first that holds, where all after it hold too; the length when none does. */
export function firstIndex<T>(sorted: readonly T[], holds: (item: T) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(sorted[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

const NAME_LENGTHS: Record<Grain, number> = { hour: 13, day: 10, week: 11, month: 7 };

/** Is this a partition of a table that is cut in this way? Others are left from a layout it had before. */
export function belongs(by: PartitionBy, partition: string): boolean {
  if (by.kind === 'time') return partition.length === NAME_LENGTHS[by.grain];
  return by.kind === 'all' ? partition === WHOLE : partition.endsWith(`of${by.count}`);
}

/** Partitions of another layout that still hold rows: they must go before or with the first rows of this one. */
export const leftovers = (by: PartitionBy, { partitions }: LedgerState): string[] =>
  [...partitions].filter(([name, { rows }]) => rows > 0 && !belongs(by, name)).map(([name]) => name);

/** The partitions that a table has whatever it holds; undefined: as many as time brings. */
export function fixedPartitions(by: PartitionBy): readonly string[] | undefined {
  if (by.kind === 'time') return undefined;
  return by.kind === 'all' ? [WHOLE] : bucketNames(by.count);
}

/** Does a partition lie in the range, at least partly? A dataset that is not cut by time always does. */
export function inRange(by: PartitionBy, partition: string, range: Interval | undefined): boolean {
  return !range || by.kind !== 'time' || !belongs(by, partition) || overlaps(intervalOf(partition, by.grain), range);
}
