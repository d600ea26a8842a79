import type { AuditResult, KeyChanges, PartitionEntry } from '../core/ledger.ts';

/** A Parquet file on the local disk, waiting to be uploaded. */
export interface LocalFile {
  readonly localPath: string;
  readonly rows: number;
  readonly bytes: number;
  /** Delta's stats as JSON text. */
  readonly stats: string;
}

export interface BuiltPartition extends PartitionEntry {
  readonly partition: string;
  readonly files: readonly LocalFile[];
  /** `append`: the files join those that are there. `replace`: they take their place. `keep`: nothing to write. */
  readonly mode: 'append' | 'replace' | 'keep';
}

export interface QuarantineFile extends LocalFile {
  readonly inputPartition: string;
}

export interface BuildCounts {
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly quarantined: number;
}

/** What a build left on the local disk and what the commit has to say about it. */
export interface BuildOutput {
  readonly partitions: readonly BuiltPartition[];
  readonly quarantine: readonly QuarantineFile[];
  /** All keys that are deleted now; absent: as before. */
  readonly tombstones?: LocalFile;
  readonly keyChanges?: LocalFile & Pick<KeyChanges, 'from' | 'to'>;
  readonly audits: readonly AuditResult[];
  readonly counts: BuildCounts;
}
