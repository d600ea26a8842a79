import type pg from 'pg';

const TIMESTAMPTZ = 1184;

/** A query's rows, every value as text: decimals as PostgreSQL prints them, times ISO 8601 in UTC with microseconds. */
export async function textRows(client: pg.Client, sql: string): Promise<Record<string, string | null>[]> {
  const { fields } = await client.query(`select * from (${sql}) as shape limit 0`);
  const columns = fields.map(({ name, dataTypeID }) =>
    dataTypeID === TIMESTAMPTZ
      ? `to_char("${name}" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "${name}"`
      : `"${name}"::text`,
  );
  return (await client.query(`select ${columns.join(', ')} from (${sql}) as typed`)).rows;
}
