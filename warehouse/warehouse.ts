import type { Column } from '../core/column.ts';
import type { PartitionBy } from '../core/dataset.ts';

/** A table as the warehouse should hold it at the new cut, told as the difference to the previous cut. */
export interface PublishedTable {
  /** Without the layer: `fact_payment`. */
  readonly name: string;
  readonly description?: string;
  readonly columns: readonly Column[];
  readonly key: readonly string[];
  /** Decides which rows belong to a partition: those whose column lies in its interval. No partition column is stored. */
  readonly partitionBy: PartitionBy;
  /** Partitions whose rows become those of these Parquet files (`file://`, `s3://` or a path); no file: no rows. */
  readonly replacePartitions: readonly { readonly partition: string; readonly uris: readonly string[] }[];
  /** Partitions that are gone. */
  readonly dropPartitions: readonly string[];
  /** The table becomes exactly `replacePartitions`, whatever it holds. */
  readonly full?: boolean;
}

/** A view as the warehouse should hold it at the new cut. */
export interface PublishedView {
  readonly name: string;
  readonly description?: string;
  /** In the order of the SELECT. */
  readonly columns: readonly { readonly name: string; readonly description?: string }[];
  /** One SELECT; `{{name}}` stands for the published table of that name. */
  readonly sql: string;
}

/** A cut as a warehouse's ledger names it. */
export interface PublishedCut {
  readonly number: number;
  /** Tells cuts of one number in two lakes apart. */
  readonly id: number;
}

/** The difference between two cuts of one pipeline. */
export interface Publication {
  readonly pipeline: string;
  /** The cut that the difference starts from; null: nothing of this pipeline is published yet. */
  readonly fromCut: number | null;
  /** Of `fromCut`; default 0. */
  readonly fromId?: number;
  readonly toCut: number;
  /** Of `toCut`; default 0. */
  readonly toId?: number;
  readonly tables: readonly PublishedTable[];
  /** Tables of earlier cuts that no longer exist. */
  readonly dropTables?: readonly string[];
  /** All views of the pipeline, made in the same transaction after the tables; what it had and is not here goes. */
  readonly views?: readonly PublishedView[];
  /** An earlier cut may follow a later one: this takes back a bad publication. */
  readonly allowEarlier?: boolean;
}

export interface PublicationResult {
  /**
   * `published`: this call did it. `current`: the warehouse already held this cut. `newer`: it holds a later one, and
   * going back was not asked for. In the last two nothing was written.
   */
  readonly outcome: 'published' | 'current' | 'newer';
  /** The cut that the warehouse holds now. */
  readonly cut: number;
  readonly tables: readonly LoadedTable[];
}

export interface LoadedTable {
  readonly name: string;
  readonly deleted: number;
  readonly inserted: number;
}

/** A value that is safe in JSON, CSV and tables; decimals, 64-bit numbers beyond 2^53, dates and times are text. */
export type Cell = null | boolean | number | string | readonly Cell[] | { readonly [key: string]: Cell };

export interface QueryResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly Cell[])[];
  /** There are more rows than were asked for. */
  readonly truncated: boolean;
}

export interface QueryOptions {
  /** Default 10,000. */
  readonly maxRows?: number;
  readonly signal?: AbortSignal;
}

/** Steps of a publication, for progress and heartbeats. */
export type PublishStep = 'copied' | 'loaded' | 'checked' | 'announced' | 'installed';

export interface WaitOptions {
  readonly signal?: AbortSignal;
  /** Called every ten seconds while the warehouse works on one thing, or waits for somebody: says on what, for whom. */
  readonly onWait?: (message: string) => void;
}

export interface PublishOptions extends WaitOptions {
  /** Called after each step; what it throws ends the publication. */
  readonly onStep?: (step: PublishStep) => void | Promise<void>;
}

/** What DuckDB and Snowflake have in common: finished tables come in, questions are answered. */
export interface Warehouse {
  /** The cut of this pipeline that readers see; null: none yet. */
  published(pipeline: string, options?: WaitOptions): Promise<PublishedCut | null>;
  /**
   * Loads the difference of two cuts with the ledger's move in one step that readers see whole or not at all.
   * @throws conflict when the warehouse is not at `fromCut`: compute the difference again from `published`.
   */
  publish(publication: Publication, options?: PublishOptions): Promise<PublicationResult>;
  /** One read-only statement against the published tables. */
  query(sql: string, options?: QueryOptions): Promise<QueryResult>;
}
