import type { Column } from '../core/column.ts';
import type { DerivedDataset } from '../core/dataset.ts';
import { type Absent, absentValue, BEGINNING, type Type2 } from '../core/history.ts';
import { ident, literal } from './sql-text.ts';

/** The surrogate key of a natural key's first row, and of its inferred member. */
export const firstSurrogateSql = (key: string): string => `surrogate_key(${key}::VARCHAR || '|-infinity')`;

export const beginningSql = `${literal(BEGINNING)}::TIMESTAMPTZ`;

/** A table's column in a member that stands for nothing known; null where it may be. */
export function absentSql(column: Column, which: Absent): string {
  const value = column.nullable ? undefined : absentValue(column, which);
  const text = typeof value === 'string' ? literal(value) : String(value ?? 'NULL');
  return `${text}::${column.sqlType}`;
}

/** One SELECT of all columns for each of the two members without a natural key. */
export function membersSql(dataset: DerivedDataset, history: Type2): Record<Absent, string> {
  return {
    unknown: memberSql(dataset, history, { which: 'unknown', surrogate: '-1', key: 'NULL', inferred: false }),
    'not applicable': memberSql(dataset, history, {
      which: 'not applicable',
      surrogate: '-2',
      key: 'NULL',
      inferred: false,
    }),
  };
}

interface Member {
  readonly which: Absent;
  /** SQL of the surrogate key. */
  readonly surrogate: string;
  /** SQL of the natural key. */
  readonly key: string;
  readonly inferred: boolean;
}

/** A SELECT of all columns, without FROM. */
export function memberSql(
  { columns }: DerivedDataset,
  history: Type2,
  { which, surrogate, key, inferred }: Member,
): string {
  const values: Record<string, string> = {
    [history.surrogate]: `${surrogate}::BIGINT`,
    valid_from: beginningSql,
    valid_to: 'NULL::TIMESTAMPTZ',
    is_current: 'true',
    is_inferred: String(inferred),
  };
  const select = columns.map((column) => {
    const value = column.name === history.key ? `${key}::${column.sqlType}` : values[column.name];
    return `${value ?? absentSql(column, which)} AS ${ident(column.name)}`;
  });
  return `SELECT ${select.join(', ')}`;
}
