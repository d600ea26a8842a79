import type { DerivedDataset } from '../core/dataset.ts';
import { lakeColumns, storedColumns } from '../core/lake-columns.ts';
import type { Session } from '../engine/session.ts';
import { ident, readParquet } from '../engine/sql-text.ts';
import type { InputFile } from './build-input.ts';
import { rowPartitionSql } from './partition-sql.ts';

export interface ReaderScan {
  readonly session: Session;
  readonly reader: DerivedDataset;
  /** Name of the `asOf` input. */
  readonly input: string;
  /** Side files with the key changes since the reader's partitions were built. */
  readonly changes: readonly string[];
  /** The reader's files in the candidate partitions. */
  readonly files: readonly InputFile[];
}

/** Which candidate partitions hold a row that may now see another version of the input: by key, and by time. */
export async function partitionsHoldingKeys({ session, reader, input, changes, files }: ReaderScan): Promise<string[]> {
  const definition = reader.inputs[input];
  if (definition?.mapping.kind !== 'asOf' || changes.length === 0 || files.length === 0) return [];
  const { on, at } = definition.mapping;
  const keyColumns = storedColumns(definition.dataset.columns.filter(({ name }) => name in on));
  const rangeColumns = ['_from', '_to'].map((name) => ({ name, sqlType: 'TIMESTAMPTZ' as const }));
  const same = Object.entries(on).map(([theirs, ours]) => `c.${ident(theirs)} = r.${ident(ours)}`);
  const moment = `r.${ident(at)}::TIMESTAMP::TIMESTAMPTZ`;
  // A reader by day sees a row that becomes valid at any moment of that day.
  const byDay = reader.columns.find((c) => c.name === at)?.sqlType === 'DATE';
  const begun = byDay ? `c._from < ${moment} + INTERVAL 1 DAY` : `c._from <= ${moment}`;
  // Comparisons alone: with an OR among them DuckDB compares every row with every change.
  const inRange = `${begun} AND ${moment} < coalesce(c._to, 'infinity'::TIMESTAMPTZ)`;
  const rows = await session.rows<{ p: string }>(
    `SELECT DISTINCT r._partition AS p FROM (SELECT *, ${rowPartitionSql(reader)} AS _partition FROM ${readParquet(
      files.map((f) => f.uri),
      lakeColumns(reader),
    )}) r SEMI JOIN ${readParquet(changes, [...keyColumns, ...rangeColumns])} c ON ${[...same, inRange].join(' AND ')} ORDER BY p`,
  );
  return rows.map((row) => row.p);
}
