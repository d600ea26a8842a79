import type pg from 'pg';
import type { ORACLE_TABLES } from './payments.oracle.ts';

/** Every value as text, exact: decimals as PostgreSQL prints them, times ISO 8601 in UTC with microseconds. */
export type SourceRow = Record<string, string | null>;

// What the pipeline never sees.
const HIDDEN: readonly string[] = ['password'];

/** The rows of a source table as they stand now, in the order of their first column. */
export async function sourceRows(client: pg.Client, table: (typeof ORACLE_TABLES)[number]): Promise<SourceRow[]> {
  const columns = await client.query<{ name: string; type: string }>(
    `select column_name as name, data_type as type from information_schema.columns
     where table_schema = 'public' and table_name = $1 order by ordinal_position`,
    [table],
  );
  const selected = columns.rows
    .filter(({ name }) => !HIDDEN.includes(name))
    .map(({ name, type }) =>
      type === 'timestamp with time zone'
        ? `to_char(${name} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as ${name}`
        : `${name}::text`,
    );
  const { rows } = await client.query<SourceRow>(
    `select ${selected.join(', ')} from ${table} t order by t.${columns.rows[0]!.name}, t::text`,
  );
  return rows;
}
