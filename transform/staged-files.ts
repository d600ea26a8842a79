import { stat } from 'node:fs/promises';
import type { SourceDataset } from '../core/dataset.ts';
import { type LakeColumn, lakeColumns } from '../core/lake-columns.ts';
import type { Session } from '../engine/session.ts';
import { ident, literal, readParquet } from '../engine/sql-text.ts';
import type { LocalFile } from './build-output.ts';
import { bronzePartitionSql } from './partition-sql.ts';
import { type ColumnStatistics, deltaStats } from './write-partitions.ts';

/** The rows of one partition in one staged file. */
export interface StagedPart {
  readonly uri: string;
  readonly partition: string;
  readonly rows: number;
}

/** Where the staged rows belong; a file may hold rows of several partitions. */
export async function surveyStaged(
  session: Session,
  dataset: SourceDataset,
  staged: readonly string[],
): Promise<StagedPart[]> {
  const from = readParquet(staged, lakeColumns(dataset), { filename: true });
  const rows = await session.rows<{ uri: string; p: string; n: bigint }>(
    `SELECT filename AS uri, ${bronzePartitionSql(dataset)} AS p, count(*) AS n FROM ${from} GROUP BY ALL ORDER BY ALL`,
  );
  return rows.map(({ uri, p, n }) => ({ uri, partition: p, rows: Number(n) }));
}

/** A smaller file is taken over only where it is alone: many small ones make every reader slow. */
const LEAST_ROWS = 10_000;

/**
 * Staged files that can become files of the table as they are: all rows belong to one partition, and the table has
 * nothing there that they might repeat.
 */
export function adoptable(parts: readonly StagedPart[], existing: ReadonlySet<string>): StagedPart[] {
  return parts.filter(
    (part) =>
      !existing.has(part.partition) &&
      parts.every((p) => p === part || p.uri !== part.uri) &&
      (part.rows >= LEAST_ROWS || parts.every((p) => p === part || p.partition !== part.partition)),
  );
}

/** A staged file with what its commit has to say of it, read from its footer. */
export async function describeStaged(
  session: Session,
  { uri, rows }: StagedPart,
  columns: readonly LakeColumn[],
): Promise<LocalFile> {
  const found = await session.rows<{ name: string; nulls: bigint | null }>(
    `SELECT path_in_schema AS name, sum(stats_null_count)::BIGINT AS nulls FROM parquet_metadata(${literal(uri)}) GROUP BY ALL`,
  );
  const statistics: ColumnStatistics = Object.fromEntries(
    found.map(({ name, nulls }) => [ident(name), nulls === null ? {} : { null_count: nulls.toString() }]),
  );
  return {
    localPath: uri,
    rows,
    bytes: (await stat(uri)).size,
    stats: JSON.stringify(deltaStats(rows, statistics, columns)),
  };
}

export const partitionsOf = (parts: readonly { readonly partition: string }[]): Set<string> =>
  new Set(parts.map(({ partition }) => partition));
