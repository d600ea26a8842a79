/** A piece of the table that one query reads; the pieces are disjoint and together hold every row of the range. */
export interface Chunk {
  /** Relation, quoted. */
  readonly from: string;
  /** Condition within the asked range. */
  readonly where: string;
}

/** More chunks than connections, so that none waits long for the slowest. */
export const CHUNKS_PER_CONNECTION = 4;

/** The pieces between ascending cuts. The first and last are open-ended, so that no row falls outside. */
export function between(cuts: readonly string[], column: string): string[] {
  return Array.from({ length: cuts.length + 1 }, (_, i) => {
    const bounds = [i > 0 && `${column} >= ${cuts[i - 1]}`, i < cuts.length && `${column} < ${cuts[i]}`].filter(
      Boolean,
    );
    return bounds.join(' and ') || 'true';
  });
}
