import type { SqlType } from '../core/column.ts';
import type { Dataset, PartitionBy, SourceDataset } from '../core/dataset.ts';
import type { Grain } from '../core/interval.ts';
import { bucketSql } from '../engine/bucket-sql.ts';
import { ident } from '../engine/sql-text.ts';

/** The partition's name of a row, as core/interval.ts writes it. */
export function partitionSql(partitionBy: PartitionBy, sqlType: SqlType | undefined): string {
  if (partitionBy.kind === 'all') return `'all'`;
  if (partitionBy.kind === 'bucket') return bucketSql(partitionBy);
  const column = ident(partitionBy.column);
  // Plain timestamps: the zoned type goes through ICU, ten times slower, and our zone is UTC anyway.
  const moment = sqlType === 'DATE' ? `${column}::TIMESTAMP` : `make_timestamp(epoch_us(${column}))`;
  return NAMES[partitionBy.grain](moment);
}

const NAMES: Record<Grain, (moment: string) => string> = {
  hour: (at) => `strftime(${at}, '%Y-%m-%dT%H')`,
  day: (at) => `${at}::DATE::VARCHAR`,
  week: (at) => `strftime(date_trunc('week', ${at}), '%Y-%m-%d') || 'w'`,
  month: (at) => `strftime(${at}, '%Y-%m')`,
};

/** The partition of a row of a derived table. */
export function rowPartitionSql(dataset: Dataset): string {
  const { partitionBy } = dataset;
  const column = partitionBy.kind === 'time' ? partitionBy.column : undefined;
  return partitionSql(partitionBy, dataset.columns.find((c) => c.name === column)?.sqlType);
}

/** The cursor's day; a row whose cursor is missing goes to the day it was seen, so that it is not lost. */
export function bronzePartitionSql(dataset: SourceDataset): string {
  const seen = partitionSql({ kind: 'time', column: '_observed_at', grain: 'day' }, 'TIMESTAMPTZ');
  return dataset.extraction.kind === 'snapshot' ? seen : `coalesce(${rowPartitionSql(dataset)}, ${seen})`;
}
