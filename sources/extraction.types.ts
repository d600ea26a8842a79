import type { Instant } from '../core/instant.ts';
import type { Session } from '../engine/session.ts';

/** What to read. For `snapshot()` datasets both bounds are ignored: the whole table is read. */
export interface ExtractRequest {
  /** Rows with cursor >= lower; null: from the beginning (bootstrap). */
  readonly lower: Instant | null;
  /** Rows with cursor < upper; null: up to the snapshot, whatever their cursor. */
  readonly upper: Instant | null;
  /** End of the range that was asked for, where `upper` is null: how far coverage may reach although no row lies there. */
  readonly rangeEnd?: Instant;
  /** Also read every key of the table, under the same snapshot. */
  readonly keys?: boolean;
}

/** Where a source is. The URL holds the password: it is never printed, see `redact`. */
export interface SourceConnection {
  readonly url: string;
  /** The source's name in the definitions, for messages. */
  readonly name?: string;
}

export interface ExtractProgress {
  readonly chunks: number;
  readonly chunksDone: number;
  readonly rows: number;
  /** Of finished Parquet files. */
  readonly bytes: number;
}

export interface ExtractOptions {
  /** Local folder for the staged files; made when missing. Of this attempt alone: two attempts never share one. */
  readonly directory: string;
  /** Opens the DuckDB session that writes Parquet; closed by the extraction. */
  readonly openSession: (signal: AbortSignal) => Promise<Session>;
  /** Connections that read at once. @default 2 */
  readonly parallel?: number;
  /** Aborting stops the queries on the server too. */
  readonly signal?: AbortSignal;
  /** Called after each chunk and every few seconds in between. */
  readonly heartbeat?: (progress: ExtractProgress) => void;
  /** The observed time to record, and what counts as now for an application clock. @default the database's clock */
  readonly now?: Instant;
  /** How rows leave PostgreSQL: DuckDB's scanner or COPY. @default the scanner where its extension loads, else COPY */
  readonly reader?: 'scanner' | 'copy';
  /** Snapshots tried when a connection dies on the way; each try reads everything anew. @default 3 */
  readonly attempts?: number;
}

/** What an extraction left behind for one piece of the table. */
export interface StagedFile {
  readonly uri: string;
  readonly rows: number;
  readonly bytes: number;
}
