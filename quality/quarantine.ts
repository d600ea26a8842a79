import type { LakeColumn } from '../core/lake-columns.ts';

/** Prefix of a quarantine table's name: `quarantine.silver__payment`. */
const LAYER = 'quarantine';

export const quarantineName = (dataset: string): string => `${LAYER}.${dataset.replace('.', '__')}`;

/**
 * A row that failed its checks. The table is partitioned by the input partition; its rows count only once the merge
 * whose `_epoch` they carry is in the dataset's log.
 */
export const QUARANTINE_COLUMNS: readonly LakeColumn[] = [
  /** The observation as JSON text: what came in, not what the SQL made of it. */
  { name: 'row_json', sqlType: 'VARCHAR' },
  /** Names of the failed checks, separated by `; `. */
  { name: 'reason', sqlType: 'VARCHAR' },
  /** The first failed check, for grouping. */
  { name: 'check_name', sqlType: 'VARCHAR' },
  /** Values of the source's key columns as a JSON array; null for a source without key. */
  { name: 'key_text', sqlType: 'VARCHAR' },
  { name: 'input_partition', sqlType: 'VARCHAR' },
  /** The observation in bronze: with `input_partition` and `key_text` its identity. */
  { name: 'position', sqlType: 'BIGINT' },
  { name: 'observed_at', sqlType: 'TIMESTAMPTZ' },
  { name: 'epoch', sqlType: 'BIGINT' },
  { name: 'run', sqlType: 'VARCHAR' },
];
