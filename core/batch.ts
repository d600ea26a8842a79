import type { Part } from './graph.ts';
import type { Interval } from './interval.ts';
import type { Version } from './ledger.ts';
import { mergeSource, pendingInputs } from './pending.ts';
import { type Ledgers, ledgerOf, type Reprocess } from './staleness.ts';

/**
 * One round of convergence, decided at its start and kept unchanged until its cut: bronze may move ahead meanwhile, and
 * what comes in waits for the next. Safe in JSON.
 */
export interface Batch {
  /** Sources, and datasets of other pipelines -> the version that this batch reads. */
  readonly frozen: Readonly<Record<string, Version>>;
  /** Merged dataset -> source partitions to merge, newest first. */
  readonly pending: Readonly<Record<string, readonly string[]>>;
  /** Derived dataset -> its version at the start: what `reprocess: 'completed'` built after it is done. */
  readonly since: Readonly<Record<string, Version>>;
  /** Derived dataset -> the hash of the definition that builds it. A worker that holds another refuses. */
  readonly hashes: Readonly<Record<string, string>>;
  readonly reprocess: Reprocess;
  readonly range?: Interval;
  /** Source partitions left for the next batch. */
  readonly left: number;
}

export interface BatchOptions {
  /** Most source partitions (days) in a batch. @default 31 */
  readonly days?: number;
  readonly reprocess?: Reprocess;
  readonly range?: Interval;
}

export const DAYS_PER_BATCH = 31;

/**
 * What the next batch takes: the newest pending days, the same ones for every table, so that a day's payments and refunds
 * come together.
 * @param ledgers of everything the part owns and reads, as they are now
 */
export function nextBatch(
  part: Part,
  ledgers: Ledgers,
  hashes: Readonly<Record<string, string>>,
  options: BatchOptions = {},
): Batch {
  const { reprocess = 'none', range, days = DAYS_PER_BATCH } = options;
  const merges = part.derived.filter((d) => d.write.kind === 'merge');
  const all = new Map(
    merges.map((d) => [d.name, pendingInputs(ledgerOf(ledgers, d.name), ledgerOf(ledgers, mergeSource(d).name))]),
  );
  const names = [...new Set([...all.values()].flat())].sort().reverse();
  const taken = new Set(names.slice(0, days));
  const versions = (datasets: readonly { name: string }[]) =>
    Object.fromEntries(datasets.map(({ name }) => [name, ledgerOf(ledgers, name).version]));
  return {
    frozen: versions([...part.sources, ...part.reads]),
    pending: Object.fromEntries([...all].map(([name, pending]) => [name, pending.filter((p) => taken.has(p))])),
    since: versions(part.derived),
    hashes,
    reprocess,
    ...(range ? { range } : {}),
    left: Math.max(0, names.length - days),
  };
}
