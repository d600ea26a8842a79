import type { SourceDataset } from './dataset.ts';

/**
 * Do positions tell which of two versions of a source row is the newer one? They do where a look is one picture of the
 * source and the row's own time may go back: the database's clock stamps rows with the time at which their transaction
 * began, and one that began first may write last; a table read by snapshot has no time that is trusted. Where deletions are
 * found by key snapshots too: a deletion has no time of its own, and a row that is written again may bring back its old one.
 */
export const positionDecides = ({ extraction }: SourceDataset): boolean =>
  extraction.kind === 'snapshot' || extraction.clock.kind === 'database' || extraction.deletes !== undefined;

/** What decides between two observations of one key. */
export interface Rank {
  /**
   * Only where {@link positionDecides} and the key is the source row's own, so that all rivals are versions of one row: the
   * position. Several source rows that claim one key are told apart by `latestBy`.
   */
  readonly version?: bigint | number;
  /** Value of the `latestBy` column in an order-preserving form; null where the row has none. */
  readonly latestBy: string | number | bigint | null;
  /** Position of the look that saw it. */
  readonly position: bigint | number;
  /** Key of the source row as text: breaks a tie between two source rows that claim one key. */
  readonly tie: string;
}

/**
 * Order of merging: negative when `a` loses against `b`, zero when they are the same observation. Greatest version,
 * then `latestBy`, then position, then tie; null loses against everything. Total, so that any order of runs gives one result.
 *
 * A deletion (`_op = 'd'`) takes part under the last `latestBy` its row had: it beats what it deleted by its position and
 * loses against a row that is written again with a later `latestBy`.
 *
 * The SQL: `order by version desc, latestBy desc nulls last, _position desc, _tie desc`.
 */
export function compareRank(a: Rank, b: Rank): number {
  const [version, other] = [a.version ?? 0, b.version ?? 0];
  if (version !== other) return version < other ? -1 : 1;
  if (a.latestBy !== b.latestBy) {
    if (a.latestBy === null) return -1;
    if (b.latestBy === null) return 1;
    return a.latestBy < b.latestBy ? -1 : 1;
  }
  if (a.position !== b.position) return a.position < b.position ? -1 : 1;
  return a.tie === b.tie ? 0 : a.tie < b.tie ? -1 : 1;
}

/** The observation that stands for the key. @param rivals at least one */
export function winner<T extends Rank>(rivals: readonly T[]): T {
  return rivals.reduce((best, rival) => (compareRank(rival, best) >= 0 ? rival : best));
}
