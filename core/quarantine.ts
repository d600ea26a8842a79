import type { LakeColumn } from './lake-columns.ts';

/**
 * Columns of a dataset's quarantine table, partitioned by the input partition. Its rows are written before the data and
 * count once the dataset's mark for that input partition carries the same epoch: see currentQuarantine.
 */
export const QUARANTINE_COLUMNS: readonly LakeColumn[] = [
  /** The observation (merge) or the built row (replace) as JSON. */
  { name: 'row', sqlType: 'VARCHAR' },
  /** Names of the failed checks, with commas. */
  { name: 'failed_checks', sqlType: 'VARCHAR' },
  /** The output key as text, as far as it could be made. */
  { name: 'row_key', sqlType: 'VARCHAR' },
  { name: 'input_partition', sqlType: 'VARCHAR' },
  /** Position and tie of the observation; null where a built row failed. */
  { name: 'position', sqlType: 'BIGINT' },
  { name: 'tie', sqlType: 'VARCHAR' },
  { name: 'epoch', sqlType: 'BIGINT' },
  { name: 'run', sqlType: 'VARCHAR' },
];

/** Name of the table that keeps a dataset's bad rows: `quarantine.silver__payment`. */
export const quarantineTable = (dataset: string): string => `quarantine.${dataset.replace('.', '__')}`;
