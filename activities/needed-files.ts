import { sameBuckets } from '../core/buckets.ts';
import type { DerivedDataset } from '../core/dataset.ts';
import { intervalOf, overlaps } from '../core/interval.ts';
import type { Input } from '../core/mapping.ts';
import { belongs, madeFrom } from '../core/partitions.ts';

/**
 * Which partitions of an input must be read to make these partitions of the output.
 * @param partitions undefined: not known before the rows are (a merge): everything
 */
export function neededFiles(
  dataset: DerivedDataset,
  { dataset: input, mapping }: Input,
  partitions: readonly string[] | undefined,
): (partition: string) => boolean {
  const { partitionBy } = input;
  const always = mapping.kind === 'asOf' || mapping.kind === 'lookup' || partitions === undefined;
  if (always) return () => true;
  const ranges = partitions
    .filter((p) => belongs(dataset.partitionBy, p))
    .map((partition) => madeFrom(mapping, partitionBy, dataset.partitionBy, partition));
  if (ranges.includes('every')) return () => true;
  if (partitionBy.kind !== 'time') {
    const names = new Set(partitions);
    return (partition) => names.has(partition);
  }
  return (partition) => {
    if (!belongs(partitionBy, partition)) return false;
    const interval = intervalOf(partition, partitionBy.grain);
    return ranges.some((range) => typeof range === 'object' && overlaps(range, interval));
  };
}

/** Do the inputs hold rows for other partitions than those that are made? */
export function reachesBeyond(dataset: DerivedDataset): boolean {
  const { partitionBy, history } = dataset;
  const read = Object.entries(dataset.inputs).filter(([name]) => history === undefined || !(name in history.members));
  const cut = read.some(
    ([, { mapping, dataset: input }]) => mapping.kind === 'aligned' && sameBuckets(input.partitionBy, partitionBy),
  );
  if (partitionBy.kind === 'all') return false;
  if (partitionBy.kind === 'bucket' && !cut) return true;
  return read.some(
    ([, { mapping, dataset: input }]) =>
      mapping.kind === 'window' ||
      (mapping.kind === 'all' && (input.partitionBy.kind === 'time' || input.partitionBy.kind === partitionBy.kind)),
  );
}
