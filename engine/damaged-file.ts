import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from './sql-text.ts';

/** Parquet files that a statement names. */
export const parquetIn = (sql: string): string[] =>
  sql.includes('.parquet') ? [...sql.matchAll(/'([^'\n]+\.parquet)'/g)].map((match) => match[1] as string) : [];

/**
 * The first file that cannot be read whole. DuckDB's errors often name none, and a person cannot restore one of hundreds.
 * @param connection whose transaction has not failed
 */
export async function findDamaged(
  connection: DuckDBConnection,
  files: Iterable<string>,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  for (const file of files) {
    if (signal?.aborted) return undefined;
    try {
      // Every value of every column is decoded, and nothing is kept.
      await connection.run(`SELECT bit_xor(hash(strata_row)) FROM read_parquet(${literal(file)}) strata_row`);
    } catch {
      return file;
    }
  }
  return undefined;
}
