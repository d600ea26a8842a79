import type { DerivedDataset } from './dataset.ts';
import { intervalOf, partitionsIn, spanOf } from './interval.ts';
import { belongs } from './partitions.ts';
import { type Ledgers, ledgerOf, type Stale } from './staleness.ts';

/** Most partitions that one commit makes. */
const PARTITIONS_PER_TASK = 31;

/**
 * Most rows of their own in the partitions of a build that reads far behind them: it holds several times as many in memory
 * or on disk. One partition is taken however many it has.
 */
const ROWS_PER_TASK = 1_000_000;

/**
 * Stale partitions, in order, as the groups that are made at once. Where a window is read, neighbours go together: their
 * windows are nearly the same days, read once for all of them instead of once for each.
 */
export function taskGroups(dataset: DerivedDataset, ledgers: Ledgers, stale: readonly Stale[]): Stale[][] {
  const far = readsFar(dataset);
  // Those of an earlier layout have no interval: they are only emptied.
  const own = ({ partition }: Stale) => belongs(dataset.partitionBy, partition);
  const groups: Stale[][] = [];
  let rows = 0;
  for (const each of stale) {
    const group = groups.at(-1);
    const more = far && own(each) ? rowsOf(dataset, ledgers, each.partition) : 0;
    const last = group?.at(-1);
    const near = (a: Stale, b: Stale) => own(a) && own(b) && follows(dataset, a.partition, b.partition);
    const joins =
      group !== undefined &&
      last !== undefined &&
      group.length < PARTITIONS_PER_TASK &&
      (!far || (rows + more <= ROWS_PER_TASK && near(last, each)));
    if (joins) group.push(each);
    else groups.push([each]);
    rows = joins ? rows + more : more;
  }
  return groups;
}

/** Does a partition read much more than its own interval? Where time does not cut the output, all partitions do it together. */
function readsFar(dataset: DerivedDataset): boolean {
  if (dataset.partitionBy.kind !== 'time') return false;
  return Object.values(dataset.inputs).some(
    ({ mapping, dataset: input }) =>
      mapping.kind === 'window' || (mapping.kind === 'all' && input.partitionBy.kind === 'time'),
  );
}

/** As many as it had, or as its inputs hold of its interval. */
function rowsOf({ name, inputs, partitionBy }: DerivedDataset, ledgers: Ledgers, partition: string): number {
  const counts = [ledgerOf(ledgers, name).partitions.get(partition)?.rows ?? 0];
  for (const { dataset: input } of Object.values(inputs)) {
    if (partitionBy.kind !== 'time' || input.partitionBy.kind !== 'time') continue;
    const { partitions } = ledgerOf(ledgers, input.name);
    const within = partitionsIn(intervalOf(partition, partitionBy.grain), input.partitionBy.grain);
    counts.push(within.reduce((sum, each) => sum + (partitions.get(each)?.rows ?? 0), 0));
  }
  return Math.max(...counts);
}

function follows({ partitionBy }: DerivedDataset, before: string, after: string): boolean {
  if (partitionBy.kind !== 'time') return false;
  return spanOf(before, partitionBy.grain).end === spanOf(after, partitionBy.grain).start;
}
