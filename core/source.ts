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
  /** Rows whose `column` moved; the bronze partition is the cursor's day. `deletes`: see {@link cursor}. */
  | { readonly kind: 'cursor'; readonly column: string; readonly clock: Clock; readonly deletes?: KeySnapshots }
  /** The whole table each time; bronze keeps what differs from its head, deletions included. `holdAbove`: share (0 to 1)
   *  of the rows whose deletion waits for a person. */
  | { readonly kind: 'snapshot'; readonly holdAbove: number };

/** Rows that vanish behind a cursor are found by reading all keys and comparing them with the keys bronze holds. */
export interface KeySnapshots {
  readonly by: 'key-snapshot';
  /** Share (0 to 1) of the rows whose deletion waits for a person. */
  readonly holdAbove: number;
}

/**
 * Rows are read by the column that moves whenever they change.
 * @param options.deletes rows are deleted for good, which no cursor shows: a look that reaches the present also reads all
 * keys under the same snapshot, and bronze gets an observation with `_op = 'd'` for each key that is gone. The table needs a key.
 * @param options.holdAbove share of the rows (0 to 1) above which deletions wait for a person. @default 0.2
 */
export function cursor(
  column: string,
  clock: Clock,
  options: { deletes?: 'key-snapshot'; holdAbove?: number } = {},
): Extraction {
  const { deletes, holdAbove = MOST_DELETED } = options;
  return { kind: 'cursor', column, clock, ...(deletes && { deletes: { by: deletes, holdAbove } }) };
}

/** A table that loses more than this share of its rows at once was more likely emptied by mistake. */
const MOST_DELETED = 0.2;

export const snapshot = (options: { holdAbove?: number } = {}): Extraction => ({
  kind: 'snapshot',
  holdAbove: options.holdAbove ?? MOST_DELETED,
});

/** Does a look at this source say which keys are gone? @returns how, undefined where a deleted row stays for ever */
export const keySnapshotsOf = (extraction: Extraction): KeySnapshots | undefined =>
  extraction.kind === 'cursor' ? extraction.deletes : undefined;

/**
 * A column's name in the source where it differs: a PostgreSQL column, or a path into a MongoDB document
 * (`device.osVersion`). Not named here: the same name.
 */
export type SourceColumns<S extends ColumnShape> = { readonly [K in keyof S]?: string };

export const postgres = (name: string): SourceRef => ({ system: 'postgres', name });
export const mongo = (name: string): SourceRef => ({ system: 'mongodb', name });
