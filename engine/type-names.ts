import type { SqlType } from '../core/column.ts';

/** DuckDB's long names of the types that columns can have. */
const SHORT: Readonly<Record<string, SqlType>> = { 'TIMESTAMP WITH TIME ZONE': 'TIMESTAMPTZ' };

/** DuckDB's type text as people write it in columns: `TIMESTAMP WITH TIME ZONE` is `TIMESTAMPTZ`. */
export const typeName = (duckdb: string): string => SHORT[duckdb] ?? duckdb;

/** The cast that turns a result of one type into the declared one, where a plain cast would lose nothing. */
export function castAdvice(actual: string, declared: SqlType): string {
  if (actual === 'TIMESTAMP' && declared === 'TIMESTAMPTZ') return "say its zone: AT TIME ZONE 'UTC'";
  if (actual === 'TIMESTAMPTZ' && declared === 'DATE') return "say its zone: (... AT TIME ZONE 'UTC')::DATE";
  return `add ::${declared}`;
}
