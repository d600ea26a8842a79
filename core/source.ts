import type { ColumnShape } from './column.ts';

/** A named connection; the worker's settings say where it is. Definitions never hold an address. */
export interface SourceRef {
  readonly system: 'postgres' | 'mongodb';
  readonly name: string;
}

/**
 * Who writes the cursor column. `database`: the transaction's own time (`now()` in a trigger or default), so rows of a
 * transaction still open can appear later under an earlier time. `application`: set by programs (or simulated), so rows
 * can appear up to `lateness` late (a duration such as `1 hour`).
 */
export type Clock =
  | { readonly kind: 'database'; readonly skew: string }
  | { readonly kind: 'application'; readonly lateness: string };

export const databaseClock = (options: { skew?: string } = {}): Clock => ({
  kind: 'database',
  skew: options.skew ?? '5 seconds',
});
export const applicationClock = (options: { lateness: string }): Clock => ({
  kind: 'application',
  lateness: options.lateness,
});

/** How a table is read. */
export type Extraction =
  /** Rows whose `column` moved; the bronze partition is the cursor's day. */
  | { readonly kind: 'cursor'; readonly column: string; readonly clock: Clock }
  /** The whole table each time; bronze keeps what differs from its head, deletions included. `holdAbove`: share (0 to 1)
   *  of the rows whose deletion waits for a person. */
  | { readonly kind: 'snapshot'; readonly holdAbove: number };

export const cursor = (column: string, clock: Clock): Extraction => ({ kind: 'cursor', column, clock });
export const snapshot = (options: { holdAbove?: number } = {}): Extraction => ({
  kind: 'snapshot',
  holdAbove: options.holdAbove ?? 0.2,
});

/**
 * A column's name in the source where it differs: a PostgreSQL column, or a path into a MongoDB document
 * (`device.osVersion`). Not named here: the same name.
 */
export type SourceColumns<S extends ColumnShape> = { readonly [K in keyof S]?: string };

export const postgres = (name: string): SourceRef => ({ system: 'postgres', name });
export const mongo = (name: string): SourceRef => ({ system: 'mongodb', name });
