import type pg from 'pg';
import type { Cursor } from './bounds.ts';
import { type PgRelation, quote } from './catalog.ts';

/** A piece of the table that one query reads; the pieces are disjoint and together hold every row of the range. */
export interface Chunk {
  /** Relation, quoted. */
  readonly from: string;
  /** Condition within the asked range. */
  readonly where: string;
}

export interface ChunkPlan {
  readonly chunks: readonly Chunk[];
  /** Average on disk, with what is stored out of line; decides how many rows DuckDB may hold at once. */
  readonly rowBytes: number;
}

interface Leaf {
  readonly sql: string;
  readonly pages: number;
  readonly bytes: number;
  readonly foreign: boolean;
  readonly readable: boolean;
}

const CHUNK_BYTES = 128 * 2 ** 20;
const LEAST_CHUNK_BYTES = 8 * 2 ** 20;
/** More chunks than connections, so that none waits long for the slowest. */
const CHUNKS_PER_CONNECTION = 4;
/** Above this share of the table an index costs more than reading it all. */
const INDEX_SHARE = 0.3;
const ROWS_PER_SLICE = 50_000;
/** Slices of time have no bound on their bytes; wide rows are cut by their place in the table instead. */
const WIDE_ROW_BYTES = 64 * 1024;
const CTID_RANGE_SCANS = 140_000;

const LEAVES = `
  select n.nspname as schema, c.relname as name, c.relkind = 'f' as foreign,
    case when c.relkind = 'f' then 0 else pg_relation_size(c.oid) / current_setting('block_size')::int8 end::int8::text as pages,
    case when c.relkind = 'f' then 0 else pg_table_size(c.oid) end::int8::text as bytes,
    has_schema_privilege(n.oid, 'usage') and (has_table_privilege(c.oid, 'select')
      or not exists (select from unnest($2::text[]) col where not has_column_privilege(c.oid, col, 'select'))) as readable
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.oid = any (case when $3 then array(select relid::oid from pg_partition_tree($1::oid) where isleaf) else array[$1::oid] end)
  order by 1, 2`;

/** Cuts the range into pieces: by time where an index serves a small part of the table, else by place in the table. */
export async function planChunks(
  client: pg.Client,
  relation: PgRelation,
  cursor: Cursor | undefined,
  range: string,
  columns: readonly string[],
  parallel: number,
): Promise<ChunkPlan> {
  const leaves = await leavesOf(client, relation, columns);
  const bytes = leaves.reduce((sum, leaf) => sum + leaf.bytes, 0);
  const allRows = await estimatedRows(client, relation, 'true');
  const rowBytes = bytes / Math.max(1, allRows);
  if (cursor && range !== 'true' && rowBytes < WIDE_ROW_BYTES && (await isIndexed(client, relation, cursor))) {
    const rows = await estimatedRows(client, relation, range);
    if (rows < allRows * INDEX_SHARE)
      return { chunks: await timeSlices(client, relation, cursor, range, rows, parallel), rowBytes };
  }
  return { chunks: await placeRanges(client, relation, leaves, range, parallel), rowBytes };
}

async function leavesOf(client: pg.Client, relation: PgRelation, columns: readonly string[]): Promise<Leaf[]> {
  if (!['r', 'p', 'm'].includes(relation.kind)) return [];
  const { rows } = await client.query<{
    schema: string;
    name: string;
    foreign: boolean;
    pages: string;
    bytes: string;
    readable: boolean;
  }>(LEAVES, [relation.oid, [...columns, 'ctid'], relation.kind === 'p']);
  return rows.map((row) => ({
    ...row,
    sql: `${quote(row.schema)}.${quote(row.name)}`,
    pages: Number(row.pages),
    bytes: Number(row.bytes),
  }));
}

async function estimatedRows(client: pg.Client, relation: PgRelation, condition: string): Promise<number> {
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
    `explain (format json) select 1 from ${relation.sql} where ${condition}`,
  );
  return rows[0]!['QUERY PLAN'][0].Plan['Plan Rows'];
}

async function isIndexed(client: pg.Client, relation: PgRelation, cursor: Cursor): Promise<boolean> {
  const { rows } = await client.query(
    `select from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
     where i.indrelid = $1::oid and a.attname = $2 and i.indisvalid and i.indpred is null limit 1`,
    [relation.oid, cursor.attribute],
  );
  return rows.length > 0;
}

/** Slices of equal length in time. Equal cursor values always fall into one slice. */
async function timeSlices(
  client: pg.Client,
  relation: PgRelation,
  cursor: Cursor,
  range: string,
  rows: number,
  parallel: number,
): Promise<Chunk[]> {
  const count = Math.min(
    Math.ceil(rows / ROWS_PER_SLICE),
    Math.max(parallel * CHUNKS_PER_CONNECTION, Math.ceil(rows / 1_000_000)),
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

/** Ranges of pages. The first and last are open-ended, so that no row falls outside whatever the size was when asked. */
async function placeRanges(
  client: pg.Client,
  relation: PgRelation,
  leaves: readonly Leaf[],
  range: string,
  parallel: number,
): Promise<Chunk[]> {
  const { rows } = await client.query<{ server_version_num: string }>('show server_version_num');
  const own = leaves.length > 0 && leaves.every((leaf) => leaf.readable);
  if (!own || Number(rows[0]!.server_version_num) < CTID_RANGE_SCANS) return [{ from: relation.sql, where: range }];
  const total = leaves.reduce((sum, leaf) => sum + leaf.bytes, 0);
  const target = Math.min(CHUNK_BYTES, Math.max(LEAST_CHUNK_BYTES, total / (parallel * CHUNKS_PER_CONNECTION)));
  return leaves.flatMap((leaf) => {
    const count = leaf.foreign ? 1 : Math.min(leaf.pages, Math.ceil(leaf.bytes / target));
    const cuts = Array.from(
      { length: Math.max(0, count - 1) },
      (_, i) => `'(${Math.floor(((i + 1) * leaf.pages) / count)},0)'::tid`,
    );
    return between(cuts, 'ctid').map((place) => ({
      from: leaf.sql,
      where: place === 'true' ? range : `${range} and ${place}`,
    }));
  });
}

function between(cuts: readonly string[], column: string): string[] {
  return Array.from({ length: cuts.length + 1 }, (_, i) => {
    const bounds = [i > 0 && `${column} >= ${cuts[i - 1]}`, i < cuts.length && `${column} < ${cuts[i]}`].filter(
      Boolean,
    );
    return bounds.join(' and ') || 'true';
  });
}
