import type { Dataset, DerivedDataset } from '../core/dataset.ts';
import { lakeColumns } from '../core/lake-columns.ts';
import type { Session } from '../engine/session.ts';
import { ident, readParquet } from '../engine/sql-text.ts';
import type { InputFile } from './build-input.ts';
import { rowPartitionSql } from './partition-sql.ts';

/** Where natural keys are mentioned. */
export interface MentionFiles {
  readonly dataset: Dataset;
  readonly columns: readonly string[];
  readonly files: readonly InputFile[];
}

export interface MentionScan {
  readonly session: Session;
  /** A dataset with history. */
  readonly dataset: DerivedDataset;
  /** Its files in the partitions that are asked for. */
  readonly files: readonly InputFile[];
  readonly partitions: readonly string[];
  /** Files that are newer than the partitions. */
  readonly moved: readonly MentionFiles[];
  /** Every file of the inputs that mention keys; read only where there are inferred members. */
  readonly everywhere: () => Promise<readonly MentionFiles[]>;
}

/** Natural keys that are mentioned, under the history's name of its key; not distinct. */
export function mentionedKeysSql({ history, columns }: DerivedDataset, mentions: readonly MentionFiles[]): string {
  const key = ident(history?.key ?? '');
  const type = columns.find((c) => c.name === history?.key)?.sqlType ?? 'VARCHAR';
  const selects = mentions.flatMap(({ dataset, columns: mentioning, files }) => {
    const relation = readParquet(
      files.map((f) => f.uri),
      lakeColumns(dataset),
    );
    return mentioning.map(
      (c) => `SELECT ${ident(c)}::${type} AS ${key} FROM ${relation} WHERE ${ident(c)} IS NOT NULL`,
    );
  });
  return selects.length > 0 ? selects.join(' UNION ALL ') : `SELECT NULL::${type} AS ${key} WHERE false`;
}

/**
 * Which partitions of a history lack a member for a key that moved files mention, or hold an inferred member that nobody
 * mentions any more?
 */
export async function partitionsLackingMentions(scan: MentionScan): Promise<string[]> {
  const { session, dataset, files, partitions, moved, everywhere } = scan;
  const key = ident(dataset.history?.key ?? '');
  const own = readParquet(
    files.map((f) => f.uri),
    lakeColumns(dataset),
  );
  const found = new Set<string>();
  const collect = async (keys: string) => {
    const rows = await session.rows<{ p: string }>(`SELECT DISTINCT ${rowPartitionSql(dataset)} AS p FROM (${keys})`);
    for (const { p } of rows) if (partitions.includes(p)) found.add(p);
  };
  await collect(`SELECT DISTINCT ${key} FROM (${mentionedKeysSql(dataset, moved)}) ANTI JOIN ${own} USING (${key})`);
  const inferred = `SELECT ${key} FROM ${own} WHERE is_inferred`;
  if (await session.value<boolean>(`SELECT exists(${inferred})`)) {
    await collect(
      `SELECT * FROM (${inferred}) ANTI JOIN (${mentionedKeysSql(dataset, await everywhere())}) USING (${key})`,
    );
  }
  return [...found].sort();
}
