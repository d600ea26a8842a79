import type pg from 'pg';
import type { Cursor } from './bounds.ts';
import type { PgColumn, PgRelation } from './catalog.ts';
import { CHUNKS_PER_CONNECTION, type Chunk } from './chunk.ts';
import { leavesOf, placeRanges } from './place-ranges.ts';
import { isIndexed, timeSlices } from './time-slices.ts';

export interface ChunkPlan {
  readonly chunks: readonly Chunk[];
  /** Average on disk, with what is stored out of line; decides how many rows DuckDB may hold at once. */
  readonly rowBytes: number;
}

const CHUNK_BYTES = 128 * 2 ** 20;
const LEAST_CHUNK_BYTES = 8 * 2 ** 20;
/** Above this share of the table an index costs more than reading it all. */
const INDEX_SHARE = 0.3;
/**
 * DuckDB takes 2,048 rows at once, whatever they weigh: tables of wide rows are read in small pieces. Slices of time have
 * no bound on their bytes, so such tables are cut by place.
 */
const WIDE_ROW_BYTES = 16 * 1024;
const WIDE_CHUNK_BYTES = 16 * 2 ** 20;

/** Cuts the range into pieces: by time where an index serves a small part of the table, else by place in the table. */
export async function planChunks(
  client: pg.Client,
  relation: PgRelation,
  cursor: Cursor | undefined,
  range: string,
  columns: readonly PgColumn[],
  parallel: number,
): Promise<ChunkPlan> {
  const leaves = await leavesOf(
    client,
    relation,
    columns.map((column) => column.name),
  );
  const bytes = leaves.reduce((sum, leaf) => sum + leaf.bytes, 0);
  const allRows = await estimatedRows(client, relation, 'true');
  const rowBytes = bytes / Math.max(1, allRows);
  if (rowBytes >= WIDE_ROW_BYTES) {
    const how = { target: WIDE_CHUNK_BYTES, wide: columns };
    return { chunks: await placeRanges(client, relation, leaves, range, how), rowBytes };
  }
  if (cursor && range !== 'true' && (await isIndexed(client, relation, cursor))) {
    const rows = await estimatedRows(client, relation, range);
    const few = rows < allRows * INDEX_SHARE;
    if (few) return { chunks: await timeSlices(client, relation, cursor, range, rows, parallel), rowBytes };
  }
  const share = bytes / (parallel * CHUNKS_PER_CONNECTION);
  const how = { target: Math.min(CHUNK_BYTES, Math.max(LEAST_CHUNK_BYTES, share)), wide: undefined };
  return { chunks: await placeRanges(client, relation, leaves, range, how), rowBytes };
}

async function estimatedRows(client: pg.Client, relation: PgRelation, condition: string): Promise<number> {
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
    `explain (format json) select 1 from ${relation.sql} where ${condition}`,
  );
  return rows[0]!['QUERY PLAN'][0].Plan['Plan Rows'];
}
