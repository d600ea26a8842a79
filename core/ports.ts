import type { Instant } from './instant.ts';
import type { CoverageEntry, Version } from './ledger.ts';

/** A Parquet file of a lake table. */
export interface DataFile {
  /** Relative to the table's folder, not URI-encoded. */
  readonly path: string;
  readonly partition: string;
  readonly rows: number;
  readonly bytes: number;
  /** Delta's stats as JSON text: numRecords, minValues, maxValues, nullCount. */
  readonly stats?: string;
}

/** Files of one table at one version, addressed so that DuckDB can read them. */
export interface Snapshot {
  readonly dataset: string;
  readonly version: Version;
  readonly files: readonly (DataFile & { readonly uri: string })[];
}

/** What an extraction left in the staging folder, not yet part of any table. */
export interface Staged {
  /** Parquet files readable by DuckDB: declared columns in order, then `_op`, `_position`, `_observed_at`. */
  readonly uris: readonly string[];
  readonly rows: number;
  readonly bytes: number;
  /** Without `kind: snapshot`'s covered range where the whole table was read: then covered is the day it was taken in. */
  readonly coverage: CoverageEntry;
  /** Present where the request asked for it. */
  readonly keys?: StagedKeys;
  /** What the source holds and nobody declares, such as `loyalty_points integer`. */
  readonly undeclared: readonly string[];
}

/** All keys of the source at the position of `coverage`: what bronze holds besides is gone. */
export interface StagedKeys {
  /** Parquet files: the key columns and the cursor. */
  readonly uris: readonly string[];
  /** The moment of the look on the cursor's clock: later than every cursor it saw. Deletions bear it. */
  readonly at: Instant;
}
