import { StrataError } from '../core/errors.ts';
import { intervalOf } from '../core/interval.ts';
import { union } from '../core/interval-set.ts';
import type { PublishedTable } from './warehouse.ts';

/** Adjacent partitions as ranges of the partition column. */
export interface TimeRanges {
  readonly column: string;
  readonly type: 'DATE' | 'TIMESTAMPTZ';
  /** Half-open; days for a DATE, instants for a TIMESTAMPTZ. */
  readonly ranges: readonly { readonly from: string; readonly to: string }[];
}

/** @throws bad_definition when the partition column is no time. */
export function timeRanges(table: PublishedTable, partitions: readonly string[]): TimeRanges {
  const { partitionBy } = table;
  if (partitionBy.kind !== 'time') throw new StrataError('internal', `${table.name} is not partitioned by time`);
  const { column, grain } = partitionBy;
  const type = table.columns.find((c) => c.name === column)?.sqlType;
  if (type !== 'DATE' && type !== 'TIMESTAMPTZ') {
    throw new StrataError('bad_definition', `${table.name}: the partition column ${column} is no time`, {
      where: table.name,
      hint: 'Partition by a date() or timestamp() column that the table has.',
    });
  }
  const bound = (at: string) => (type === 'DATE' ? at.slice(0, 10) : at);
  const intervals = union(
    partitions.map((p) => intervalOf(p, grain)),
    [],
  );
  return { column, type, ranges: intervals.map(({ start, end }) => ({ from: bound(start), to: bound(end) })) };
}
