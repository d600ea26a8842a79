import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PARTITION_COLUMN } from '../core/dataset.ts';
import { StrataError } from '../core/errors.ts';
import type { LakeColumn } from '../core/lake-columns.ts';
import { PARQUET, ROW_GROUP_ROWS } from '../engine/parquet-format.ts';
import type { Session } from '../engine/session.ts';
import { ident, literal } from '../engine/sql-text.ts';
import type { LocalFile } from './build-output.ts';
import { partitionsAtOnce } from './partitions-at-once.ts';

export type ColumnStatistics = Record<string, { min?: string; max?: string; null_count?: string }>;

interface CopyResult {
  filename: string;
  count: bigint;
  file_size_bytes: bigint;
  column_statistics: ColumnStatistics;
}

/** What DuckDB calls the folder of a partition without a name. */
const NO_NAME = '__HIVE_DEFAULT_PARTITION__';
const OPTIONS = `${PARQUET}, ROW_GROUP_SIZE ${ROW_GROUP_ROWS}, RETURN_STATS`;

/**
 * Writes a relation that has a `_partition` column as Parquet files, one or more per partition.
 * @param partitions all that are there; one: a plain copy, which is faster than a partitioned one. `atMost`: so many are
 * expected and those found show in the result; a partition name of null comes back as `__HIVE_DEFAULT_PARTITION__`.
 */
export async function writePartitions(
  session: Session,
  relation: string,
  columns: readonly LakeColumn[],
  partitions: readonly string[] | { readonly atMost: number },
  directory: string,
): Promise<Map<string, LocalFile[]>> {
  const atOnce = await partitionsAtOnce(session, columns);
  if ('atMost' in partitions) {
    if (partitions.atMost <= atOnce) return copyPartitioned(session, relation, columns, directory);
    return writeFound(session, relation, columns, directory);
  }
  if (partitions.length === 0) return new Map();
  const only = partitions.length === 1 ? partitions[0] : undefined;
  if (only !== undefined) {
    const file = await writeFile(session, `SELECT ${named(columns)} FROM ${relation}`, columns, directory);
    return new Map([[only, file.rows > 0 ? [file] : []]]);
  }
  if (partitions.length <= atOnce) return copyPartitioned(session, relation, columns, directory);
  const written = new Map<string, LocalFile[]>();
  for (let from = 0; from < partitions.length; from += atOnce) {
    const some = partitions
      .slice(from, from + atOnce)
      .map(literal)
      .join(', ');
    const group = `(SELECT * FROM ${relation} WHERE ${PARTITION_COLUMN} IN (${some}))`;
    for (const [name, files] of await copyPartitioned(session, group, columns, directory)) written.set(name, files);
  }
  return written;
}

/** Too many to write at once and not known before the query has run: it runs once, into a table that can spill. */
async function writeFound(
  session: Session,
  relation: string,
  columns: readonly LakeColumn[],
  directory: string,
): Promise<Map<string, LocalFile[]>> {
  const partition = `coalesce(${PARTITION_COLUMN}, '${NO_NAME}') AS ${PARTITION_COLUMN}`;
  await session.run(
    `CREATE OR REPLACE TEMP TABLE _partitioned AS SELECT ${named(columns)}, ${partition} FROM ${relation}`,
  );
  const found = await session.rows<{ p: string }>(
    `SELECT DISTINCT ${PARTITION_COLUMN} AS p FROM _partitioned ORDER BY p`,
  );
  const names = found.map(({ p }) => p);
  const written = await writePartitions(session, '_partitioned', columns, names, directory);
  await session.run('DROP TABLE _partitioned');
  return written;
}

async function copyPartitioned(
  session: Session,
  relation: string,
  columns: readonly LakeColumn[],
  directory: string,
): Promise<Map<string, LocalFile[]>> {
  // A folder of its own per call, so that the partition's name can be read off the path.
  const root = join(directory, randomUUID());
  await mkdir(root, { recursive: true });
  const results = await session.rows<CopyResult>(
    copy(
      `SELECT ${named(columns)}, ${PARTITION_COLUMN} FROM ${relation}`,
      root,
      `${OPTIONS}, PARTITION_BY (${PARTITION_COLUMN}), FILENAME_PATTERN '{uuidv7}'`,
    ),
  );
  const written = new Map<string, LocalFile[]>();
  for (const result of results) {
    const encoded = new RegExp(`${PARTITION_COLUMN}=([^/]+)/[^/]+$`).exec(result.filename)?.[1] ?? '';
    const partition = decodeURIComponent(encoded);
    written.set(partition, [...(written.get(partition) ?? []), toLocalFile(result, columns)]);
  }
  return written;
}

const named = (columns: readonly LakeColumn[]): string => columns.map((c) => ident(c.name)).join(', ');

/** Writes one query as one Parquet file; a query without rows gives a file without rows. */
export async function writeFile(
  session: Session,
  query: string,
  columns: readonly LakeColumn[],
  directory: string,
): Promise<LocalFile> {
  const [result] = await session.rows<CopyResult>(copy(query, join(directory, `${randomUUID()}.parquet`), OPTIONS));
  if (!result) throw new StrataError('internal', 'DuckDB wrote a Parquet file and said nothing of it');
  return toLocalFile(result, columns);
}

const copy = (query: string, target: string, options: string): string =>
  `COPY (${query}) TO ${literal(target)} (${options})`;

function toLocalFile(result: CopyResult, columns: readonly LakeColumn[]): LocalFile {
  const rows = Number(result.count);
  return {
    localPath: result.filename,
    rows,
    bytes: Number(result.file_size_bytes),
    stats: JSON.stringify(deltaStats(rows, result.column_statistics, columns)),
  };
}

/** Delta's statistics. Bounds only where the text of DuckDB is the value itself: text and timestamps could be cut short. */
export function deltaStats(rows: number, statistics: ColumnStatistics, columns: readonly LakeColumn[]) {
  const minValues: Record<string, string | number> = {};
  const maxValues: Record<string, string | number> = {};
  const nullCount: Record<string, number> = {};
  for (const { name, sqlType } of columns) {
    const column = statistics[ident(name)];
    if (!column) continue;
    if (column.null_count !== undefined) nullCount[name] = Number(column.null_count);
    const exact = sqlType === 'DATE' ? (text: string) => text : sqlType === 'INTEGER' ? Number : undefined;
    if (!exact || column.min === undefined || column.max === undefined) continue;
    minValues[name] = exact(column.min);
    maxValues[name] = exact(column.max);
  }
  return { numRecords: rows, minValues, maxValues, nullCount };
}
