import type pg from 'pg';
import type { Cursor } from './bounds.ts';
import type { PgRelation } from './catalog.ts';
import { between, CHUNKS_PER_CONNECTION, type Chunk } from './chunk.ts';

const ROWS_PER_SLICE = 50_000;
const MOST_ROWS_PER_SLICE = 1_000_000;

export async function isIndexed(client: pg.Client, relation: PgRelation, cursor: Cursor): Promise<boolean> {
  const { rows } = await client.query(
    `select from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
     where i.indrelid = $1::oid and a.attname = $2 and i.indisvalid and i.indpred is null limit 1`,
    [relation.oid, cursor.attribute],
  );
  return rows.length > 0;
}

/** Slices of equal length in time. Equal cursor values always fall into one slice. */
export async function timeSlices(
  client: pg.Client,
  relation: PgRelation,
  cursor: Cursor,
  range: string,
  rows: number,
  parallel: number,
): Promise<Chunk[]> {
  const count = Math.min(
    Math.ceil(rows / ROWS_PER_SLICE),
    Math.max(parallel * CHUNKS_PER_CONNECTION, Math.ceil(rows / MOST_ROWS_PER_SLICE)),
  );
  if (count < 2) return [{ from: relation.sql, where: range }];
  const { rows: cuts } = await client.query<{ cut: string }>(
    `select distinct least + (greatest - least) * i / ${count} as at, (least + (greatest - least) * i / ${count})::text as cut
     from (select min(${cursor.sql}) as least, max(${cursor.sql}) as greatest from ${relation.sql} where ${range}) ends,
       generate_series(1, ${count - 1}) i
     where least < greatest order by 1`,
  );
  return between(
    cuts.map((row) => `'${row.cut}'`),
    cursor.sql,
  ).map((slice) => ({ from: relation.sql, where: `${range} and ${slice}` }));
}
