import { type Dataset, type DerivedDataset, WHOLE } from '../../core/dataset.ts';
import { feeds, fixedPartitions } from '../../core/partitions.ts';
import type { PlainLake } from './plain.lake.ts';

/** The partitions of a gold table to make anew: those that an input's changed partitions feed. */
export function partitionsToMake(lake: PlainLake, dataset: DerivedDataset): ReadonlySet<string> {
  const { partitionBy } = dataset;
  const inputs = Object.values(dataset.inputs);
  const possible = new Set(
    fixedPartitions(partitionBy) ??
      inputs.flatMap(({ dataset: input, mapping }) => {
        if (mapping.kind !== 'aligned' || input.partitionBy.kind !== 'time') return [];
        return [...lake.partitions(input)].flatMap((p) => fedBy(mapping, input, dataset, p));
      }),
  );
  if (lake.files(dataset).length === 0) return possible;
  const due = inputs.flatMap(({ dataset: input, mapping }) =>
    [...lake.changed(input)].flatMap((p) => {
      const fed = feeds(mapping, input.partitionBy, partitionBy, p);
      return fed === 'every' ? [...possible] : fed;
    }),
  );
  return new Set(due.filter((p) => possible.has(p)));
}

/** The partitions of an input that these partitions are made from; undefined: all. */
export function partitionsToRead(
  lake: PlainLake,
  dataset: DerivedDataset,
  { dataset: input, mapping }: DerivedDataset['inputs'][string],
  made: ReadonlySet<string>,
): ReadonlySet<string> | undefined {
  if (dataset.partitionBy.kind === WHOLE || mapping.kind === 'asOf' || mapping.kind === 'lookup') return undefined;
  const wanted = [...lake.partitions(input)].filter((p) => {
    const fed = feeds(mapping, input.partitionBy, dataset.partitionBy, p);
    return fed === 'every' || fed.some((name) => made.has(name));
  });
  return new Set(wanted);
}

function fedBy(
  mapping: DerivedDataset['inputs'][string]['mapping'],
  input: Dataset,
  { partitionBy }: DerivedDataset,
  partition: string,
): readonly string[] {
  const fed = feeds(mapping, input.partitionBy, partitionBy, partition);
  return fed === 'every' ? [] : fed;
}
