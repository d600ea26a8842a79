import type { DerivedDataset, SourceDataset } from '../core/dataset.ts';
import type { AuditResult } from '../core/ledger.ts';
import type { Session } from '../engine/session.ts';

export interface InputFile {
  readonly uri: string;
  readonly partition: string;
}

/** A predicate over the output columns; false or null sends the row to quarantine under this name. */
export interface RowCheck {
  readonly name: string;
  readonly sql: string;
}

/** What every build needs, whatever its write mode. */
export interface BuildInput {
  readonly session: Session;
  readonly dataset: DerivedDataset;
  /** With `{{input}}` placeholders. */
  readonly sqlText: string;
  /** Input's name -> its files. */
  readonly inputs: Readonly<Record<string, readonly InputFile[]>>;
  /** Partition -> digest, as the ledger has them. */
  readonly digests: ReadonlyMap<string, string>;
  readonly rowChecks: readonly RowCheck[];
  /** Audits a relation with the dataset's columns: the new content of what is written. Throws where an error must stop it. */
  readonly audit: (relation: string) => Promise<readonly AuditResult[]>;
  readonly epoch: number;
  /** Its tag: see claimTag. */
  readonly claim: string;
  readonly run: string;
  /** Of this attempt; where its files are left. */
  readonly directory: string;
  /** Absent: nobody reads the table by key and time. */
  readonly asOfKey?: AsOfKey;
}

/** Who reads this table `asOf`: the columns that hold its key, and the one from which a row is valid. */
export interface AsOfKey {
  readonly columns: readonly string[];
  readonly validFrom: string;
}

/**
 * - `merge`: bring pending observations in.
 * - `rebuild`: make the rows of these output partitions anew from the observations they came from.
 * - `remerge`: make the whole table anew from all observations, as if it held nothing.
 */
export type MergeWork =
  | { readonly kind: 'merge' }
  | { readonly kind: 'rebuild'; readonly partitions: readonly string[] }
  | { readonly kind: 'remerge' };

export interface MergeInput extends BuildInput {
  /** Where the observations come from: the first input, whose files in `inputs` are those of the pending partitions, or
   *  for a rebuild of the partitions that `bronzePartitionsOf` names. */
  readonly raw: { readonly name: string; readonly dataset: SourceDataset };
  /** Every file of the table as it is. */
  readonly current: readonly InputFile[];
  /** Side file of deleted keys. */
  readonly tombstones: string | undefined;
  readonly work: MergeWork;
}
