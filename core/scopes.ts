import type { Interval } from './interval.ts';

/**
 * What a claim may fence. A merged table is written as a whole (a key can move between its partitions), a replaced one
 * partition by partition, an ingest by the range it was asked for.
 */
export const tableScope = (dataset: string): string => dataset;
export const partitionScope = (dataset: string, partition: string): string => `${dataset}/${partition}`;
export const ingestScope = (dataset: string, range: Interval): string => `${dataset}/[${range.start},${range.end})`;
