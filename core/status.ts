import { coverageOf } from './coverage.ts';
import type { Dataset, DerivedDataset } from './dataset.ts';
import type { Instant } from './instant.ts';
import { type Interval, intervalOf, partitionsIn } from './interval.ts';
import { belongs, fixedPartitions, inRange } from './partitions.ts';
import { mergeSource, mustRemerge, pendingInputs } from './pending.ts';
import { type KeyScan, narrow } from './plan.ts';
import { type Ledgers, ledgerOf, type Stale, stalePartitions } from './staleness.ts';

/** `failed` is not here: only Temporal knows it. */
export type PartitionStatus = 'fresh' | 'data-stale' | 'code-stale' | 'missing' | 'unobservable';

export interface PartitionReport {
  readonly dataset: string;
  readonly partition: string;
  readonly status: PartitionStatus;
  /** Rows now there; undefined where nothing is. */
  readonly rows: number | undefined;
  readonly because?: Stale['because'];
}

export interface StatusOptions {
  readonly range?: Interval;
  /** Of the sources' clock: what lies before it and was not observed by a snapshot never will be. */
  readonly now: Instant;
  readonly scan: KeyScan;
}

/** The state of every partition of a dataset, in order. */
export async function statusOf(
  dataset: Dataset,
  ledgers: Ledgers,
  contentHash: string,
  options: StatusOptions,
): Promise<PartitionReport[]> {
  const own = ledgerOf(ledgers, dataset.name);
  const status = new Map<string, Pick<PartitionReport, 'status' | 'because'>>();
  for (const [name, { rows }] of own.partitions) {
    if (rows > 0 || belongs(dataset.partitionBy, name)) status.set(name, { status: 'fresh' });
  }
  if (dataset.kind === 'derived') await judge(dataset, ledgers, contentHash, options.scan, status);
  else if (dataset.partitionBy.kind === 'time' && options.range) {
    const { grain } = dataset.partitionBy;
    for (const name of partitionsIn(options.range, grain)) {
      const coverage = coverageOf(dataset, own, intervalOf(name, grain), options.now);
      if (coverage === 'unobservable') status.set(name, { status: 'unobservable' });
      else if (coverage === 'open' && !status.has(name)) status.set(name, { status: 'missing' });
      else if (!status.has(name)) status.set(name, { status: 'fresh' });
    }
  }
  return [...status]
    .filter(([partition]) => inRange(dataset.partitionBy, partition, options.range))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([partition, state]) => ({
      dataset: dataset.name,
      partition,
      rows: own.partitions.get(partition)?.rows,
      ...state,
    }));
}

/** What runs rebuild by themselves outranks what waits for `--reprocess stale`. */
async function judge(
  dataset: DerivedDataset,
  ledgers: Ledgers,
  hash: string,
  scan: KeyScan,
  status: Map<string, Pick<PartitionReport, 'status' | 'because'>>,
): Promise<void> {
  const own = ledgerOf(ledgers, dataset.name);
  const code = stalePartitions(dataset, ledgers, hash, { reprocess: 'stale' }).stale.filter((s) => s.reason === 'code');
  const merges = dataset.write.kind === 'merge';
  if (merges && mustRemerge(dataset, own, hash, { reprocess: 'stale' })) {
    for (const name of own.partitions.keys()) status.set(name, { status: 'code-stale' });
  }
  for (const { partition } of code) status.set(partition, { status: 'code-stale' });
  const { stale, candidates } = stalePartitions(dataset, ledgers, hash);
  const { held } = await narrow(dataset, own, ledgers, candidates, scan);
  for (const { partition, reason, because } of [...stale, ...held]) {
    status.set(partition, { status: reason === 'missing' ? 'missing' : 'data-stale', ...(because ? { because } : {}) });
  }
  if (!merges) return;
  const source = mergeSource(dataset);
  for (const pending of pendingInputs(own, ledgerOf(ledgers, source.name))) {
    // Which partitions its rows go to is known after the merge; until then the one of the same name stands for them.
    for (const name of fixedPartitions(dataset.partitionBy) ?? [pending]) {
      const state = own.partitions.has(name) ? 'data-stale' : 'missing';
      status.set(name, { status: state, because: { input: source.name, partition: pending } });
    }
  }
}
