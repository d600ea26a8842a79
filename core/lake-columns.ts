import type { Column, SqlType } from './column.ts';
import { BRONZE_COLUMNS, type Dataset, MERGE_COLUMNS } from './dataset.ts';

export interface LakeColumn {
  readonly name: string;
  readonly sqlType: SqlType;
  /** Older files hold it under this name. */
  readonly renamedFrom?: string;
}

/** Columns of a dataset's Parquet files, in order: the declared ones, then Strata's. The partition is in the path. */
export const lakeColumns = (dataset: Dataset): LakeColumn[] => [
  ...storedColumns(dataset.columns),
  ...technicalColumns(dataset),
];

/** As files hold these declared columns. */
export const storedColumns = (columns: readonly Column[]): LakeColumn[] =>
  columns.map(({ name, sqlType, renamedFrom }) => ({
    name,
    sqlType,
    ...(renamedFrom !== undefined && { renamedFrom }),
  }));

/** The columns that Strata adds; readers of the table may ignore them. */
export function technicalColumns(dataset: Dataset): LakeColumn[] {
  if (dataset.kind === 'source') return typed(BRONZE_COLUMNS);
  return dataset.write.kind === 'merge' ? typed(MERGE_COLUMNS) : [];
}

const typed = (columns: Readonly<Record<string, SqlType>>): LakeColumn[] =>
  Object.entries(columns).map(([name, sqlType]) => ({ name, sqlType }));
