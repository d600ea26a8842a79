import type { LakeColumn } from './lake-columns.ts';

/**
 * Columns of a dataset's quarantine table, partitioned by the input partition. Its rows are written before the data and
 * count once the
 * dataset's mark for that input partition (a replaced dataset: its scope) carries the same claim, and as long as the
 * observation is not a current row: when other code judges anew, the last good one stays current.
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
  /** See claimTag. Two claims may have one epoch; the epoch alone would let the loser's bad rows count. */
  { name: 'claim', sqlType: 'VARCHAR' },
  { name: 'run', sqlType: 'VARCHAR' },
];

/** Name of the table that keeps a dataset's bad rows: `quarantine.silver__payment`. */
export const quarantineTable = (dataset: string): string => `quarantine.${dataset.replace('.', '__')}`;
