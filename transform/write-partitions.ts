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

export type ColumnStatistics = Record<string, { min?: string; max?: string; null_count?: string }>;

interface CopyResult {
  filename: string;
  count: bigint;
  file_size_bytes: bigint;
  column_statistics: ColumnStatistics;
}

const OPTIONS = `${PARQUET}, ROW_GROUP_SIZE ${ROW_GROUP_ROWS}, RETURN_STATS`;

/**
 * Writes a relation that has a `_partition` column as Parquet files, one or more per partition.
 * @param partitions the partitions known to be there; one: a plain copy, which is faster than a partitioned one. `found`:
 * they show in the result; a partition name of null then comes back as `__HIVE_DEFAULT_PARTITION__`.
 */
export async function writePartitions(
  session: Session,
  relation: string,
  columns: readonly LakeColumn[],
  partitions: readonly string[] | 'found',
  directory: string,
): Promise<Map<string, LocalFile[]>> {
  if (partitions.length === 0) return new Map();
  const names = columns.map((c) => ident(c.name)).join(', ');
  const only = partitions.length === 1 ? partitions[0] : undefined;
  if (only !== undefined) {
    const file = await writeFile(session, `SELECT ${names} FROM ${relation}`, columns, directory);
    return new Map([[only, file.rows > 0 ? [file] : []]]);
  }
  // A folder of its own per call, so that the partition's name can be read off the path.
  const root = join(directory, randomUUID());
  await mkdir(root, { recursive: true });
  const results = await session.rows<CopyResult>(
    copy(
      `SELECT ${names}, ${PARTITION_COLUMN} FROM ${relation}`,
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
