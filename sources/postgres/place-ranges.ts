import type pg from 'pg';
import { type PgColumn, type PgRelation, quote } from './catalog.ts';
import { between, type Chunk } from './chunk.ts';

/** A table that holds rows itself: a partition, or the table where it has none. */
export interface Leaf {
  readonly sql: string;
  readonly pages: number;
  readonly bytes: number;
  readonly foreign: boolean;
  readonly readable: boolean;
}

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

export async function leavesOf(client: pg.Client, relation: PgRelation, columns: readonly string[]): Promise<Leaf[]> {
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

/**
 * Ranges of places on disk, of about `target` bytes each. Where rows are wide one page can stand for hundreds of
 * megabytes stored out of line, so the rows' own sizes say where to cut.
 */
export async function placeRanges(
  client: pg.Client,
  relation: PgRelation,
  leaves: readonly Leaf[],
  range: string,
  { target, wide }: { readonly target: number; readonly wide: readonly PgColumn[] | undefined },
): Promise<Chunk[]> {
  const { rows } = await client.query<{ server_version_num: string }>('show server_version_num');
  const own = leaves.length > 0 && leaves.every((leaf) => leaf.readable);
  if (!own || Number(rows[0]!.server_version_num) < CTID_RANGE_SCANS) return [{ from: relation.sql, where: range }];
  const chunks: Chunk[] = [];
  for (const leaf of leaves) {
    const cuts = wide && !leaf.foreign ? await cutsBySize(client, leaf, range, wide, target) : cutsByPage(leaf, target);
    for (const place of between(cuts, 'ctid')) {
      chunks.push({ from: leaf.sql, where: place === 'true' ? range : `${range} and ${place}` });
    }
  }
  return chunks;
}

function cutsByPage(leaf: Leaf, target: number): string[] {
  const count = leaf.foreign ? 1 : Math.min(leaf.pages, Math.ceil(leaf.bytes / target));
  return Array.from(
    { length: Math.max(0, count - 1) },
    (_, i) => `'(${Math.floor(((i + 1) * leaf.pages) / count)},0)'::tid`,
  );
}

/** Reads the sizes only: what is stored out of line stays there. */
async function cutsBySize(
  client: pg.Client,
  leaf: Leaf,
  range: string,
  columns: readonly PgColumn[],
  target: number,
): Promise<string[]> {
  const size = columns.map(sizeOf).join(' + ') || '0';
  const { rows } = await client.query<{ cut: string }>(
    `select min(ctid)::text as cut from (
       select ctid, floor(sum(size) over (order by ctid) / ${target}) as bucket
       from (select ctid, (${size})::numeric as size from ${leaf.sql} where ${range}) sized) bucketed
     group by bucket order by min(ctid) offset 1`,
  );
  return rows.map((row) => `'${row.cut}'::tid`);
}

/** Of text the size once unpacked; of all else the stored size, which its text exceeds a few times. */
function sizeOf({ name, type }: PgColumn): string {
  const value = quote(name);
  return ['text', 'varchar', 'bytea'].includes(type)
    ? `coalesce(octet_length(${value}), 0)`
    : `coalesce(pg_column_size(${value}), 0) * 4`;
}
