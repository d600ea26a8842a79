import type { SqlType } from './column.ts';

const DECIMAL = /^DECIMAL\((\d+),(\d+)\)$/;

/**
 * May files that hold a column as `from` be read as `to` by everybody, without losing anything? Whole numbers may grow,
 * decimals may gain digits before the point. Not digits behind it: Polars refuses files of another scale than the table's.
 */
export function widens(from: SqlType, to: SqlType): boolean {
  if (from === 'INTEGER' && to === 'BIGINT') return true;
  const [, precision, scale] = DECIMAL.exec(from) ?? [];
  const [, wider, sameScale] = DECIMAL.exec(to) ?? [];
  return precision !== undefined && scale === sameScale && Number(wider) > Number(precision);
}
