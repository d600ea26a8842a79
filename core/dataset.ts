import type { Check } from './check.ts';
import type { Column } from './column.ts';
import type { Type2 } from './history.ts';
import type { Grain } from './interval.ts';
import type { Input, InputBuilders } from './mapping.ts';
import type { Extraction, SourceRef } from './source.ts';

/** How a dataset is cut into partitions. The partition's name is stored in the lake column `_partition`. */
export type PartitionBy =
  /** `toDate`: published while its interval runs, as it stands so far. */
  | { readonly kind: 'time'; readonly column: string; readonly grain: Grain; readonly toDate?: true }
  /** By a hash of the column: see bucket(). */
  | { readonly kind: 'bucket'; readonly column: string; readonly count: number }
  | { readonly kind: 'all' };

/** The one partition of a dataset that is not cut. */
export const WHOLE = 'all';

interface DatasetBase extends InputBuilders {
  /** `layer.table` */
  readonly name: string;
  readonly description: string;
  readonly owner: string;
  readonly columns: readonly Column[];
  /** Names of the key columns, in order; empty: a multiset. */
  readonly key: readonly string[];
  readonly partitionBy: PartitionBy;
  readonly checks: readonly Check[];
}

/** Bronze: observations of one source table. */
export interface SourceDataset extends DatasetBase {
  readonly kind: 'source';
  readonly source: SourceRef;
  /** Table (`public.payment`) or collection. */
  readonly relation: string;
  /** Column name here -> column or path there. */
  readonly sourceColumns: Readonly<Record<string, string>>;
  /** Columns or fields there that are left out on purpose. */
  readonly ignored?: readonly string[];
  readonly extraction: Extraction;
}

/** How a build's rows enter the table. */
export type WriteMode =
  /**
   * Latest version per key, from the observations of the first input. Order: `latestBy` (an output column), then position, then
   * source key; see compareRank. `deletes: 'keep'`: an observation that a source row is gone is a row like any other.
   */
  | { readonly kind: 'merge'; readonly latestBy: string; readonly deletes?: 'keep' }
  /** Each partition is what the SQL gives for it. */
  | { readonly kind: 'replace' };

/** Silver and gold: built from other datasets by one SQL statement. */
export interface DerivedDataset extends DatasetBase {
  readonly kind: 'derived';
  /** Name used in the SQL as `{{name}}` -> what it reads. For a merge the first is the source dataset. */
  readonly inputs: Readonly<Record<string, Input>>;
  /** Path below the project's SQL folder. */
  readonly sql: string;
  readonly write: WriteMode;
  /** Only of a replace: the SQL gives versions, and the table holds their history. */
  readonly history?: Type2;
}

export type Dataset = SourceDataset | DerivedDataset;

/** Technical columns of bronze, in the lake after the declared ones. */
export const BRONZE_COLUMNS = {
  /** `u` the row as it is, `d` the key is gone. */
  _op: 'VARCHAR',
  /** Order of looks within a source: PostgreSQL's WAL position or MongoDB's cluster time of the snapshot. */
  _position: 'BIGINT',
  _observed_at: 'TIMESTAMPTZ',
} as const;

/** Technical columns of a merged table. */
export const MERGE_COLUMNS = {
  _position: 'BIGINT',
  /** The source key as text where it differs from this table's key; breaks ties between two source rows of one key. */
  _tie: 'VARCHAR',
  _bronze_partition: 'VARCHAR',
} as const;

/** The partition column, last in every table of the lake. */
export const PARTITION_COLUMN = '_partition';
