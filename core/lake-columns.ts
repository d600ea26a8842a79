import type { SqlType } from './column.ts';
import { BRONZE_COLUMNS, type Dataset, MERGE_COLUMNS } from './dataset.ts';

export interface LakeColumn {
  readonly name: string;
  readonly sqlType: SqlType;
}

/** Columns of a dataset's Parquet files, in order: the declared ones, then Strata's. The partition is in the path. */
export function lakeColumns(dataset: Dataset): LakeColumn[] {
  const declared = dataset.columns.map(({ name, sqlType }) => ({ name, sqlType }));
  return [...declared, ...technicalColumns(dataset)];
}

/** The columns that Strata adds; readers of the table may ignore them. */
export function technicalColumns(dataset: Dataset): LakeColumn[] {
  if (dataset.kind === 'source') return typed(BRONZE_COLUMNS);
  return dataset.write.kind === 'merge' ? typed(MERGE_COLUMNS) : [];
}

const typed = (columns: Readonly<Record<string, SqlType>>): LakeColumn[] =>
  Object.entries(columns).map(([name, sqlType]) => ({ name, sqlType }));
