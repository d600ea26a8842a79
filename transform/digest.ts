import { ident } from '../engine/sql-text.ts';

/**
 * A digest of a set of rows that does not depend on their order and can be added to: `<rows>-<sum of row hashes mod 2^64>`.
 * The row hash is DuckDB's; after an engine upgrade that changes it, the next build of a partition counts as changed once.
 */
export interface Digest {
  readonly rows: number;
  readonly sum: bigint;
}

const MODULUS = 1n << 64n;
export const NO_ROWS: Digest = { rows: 0, sum: 0n };

export function addDigest(a: Digest, b: Digest): Digest {
  return { rows: a.rows + b.rows, sum: (a.sum + b.sum) % MODULUS };
}

export function subtractDigest(a: Digest, b: Digest): Digest {
  return { rows: a.rows - b.rows, sum: (a.sum - b.sum + MODULUS) % MODULUS };
}

export function printDigest(digest: Digest): string {
  return `${digest.rows}-${digest.sum.toString(16).padStart(16, '0')}`;
}

export function parseDigest(text: string): Digest {
  const [rows, sum] = text.split('-');
  return { rows: Number(rows), sum: BigInt(`0x${sum}`) };
}

/** Aggregates for a SELECT: `digest_rows` and `digest_sum` (text) over the columns' values. */
export function digestSql(columns: readonly string[]): string {
  const row = columns.map(ident).join(', ');
  return `count(*) AS digest_rows, (coalesce(sum(hash(${row})::HUGEINT), 0) % 18446744073709551616)::VARCHAR AS digest_sum`;
}

export function digestOf(row: { digest_rows: bigint; digest_sum: string }): Digest {
  return { rows: Number(row.digest_rows), sum: BigInt(row.digest_sum) };
}
