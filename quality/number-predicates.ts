import type { SqlType } from '../core/column.ts';
import type { Predicate } from './string-predicates.ts';
import type { Definition } from './zod-definition.ts';

const MAX_SAFE = Number.MAX_SAFE_INTEGER;
const RANGES: Readonly<Record<string, readonly [string, string]>> = {
  safeint: [`-${MAX_SAFE}`, `${MAX_SAFE}`],
  int32: ['-2147483648', '2147483647'],
  uint32: ['0', '4294967295'],
  int64: ['-9223372036854775808', '9223372036854775807'],
  uint64: ['0', '18446744073709551615'],
};

/**
 * A zod check of a number or bigint as SQL; undefined when there is no exact counterpart.
 * @param column as SQL; a TIMESTAMPTZ is already microseconds here, as it is for zod
 */
export function numberPredicate(check: Definition, column: string, sqlType: SqlType): Predicate | undefined {
  const value = check.value;
  switch (check.check) {
    case 'greater_than':
      return comparison(check.inclusive ? '>=' : '>', value, column, sqlType);
    case 'less_than':
      return comparison(check.inclusive ? '<=' : '<', value, column, sqlType);
    case 'multiple_of':
      // zod has its own rounding for fractions.
      if (sqlType === 'DOUBLE' || value === undefined || !isWhole(value) || Number(value) === 0) return undefined;
      return { rule: `multiple of ${value}`, sql: `${column} % ${number(value, sqlType)} = 0` };
    case 'number_format':
    case 'bigint_format':
      return range(check.format ?? '', column, sqlType);
    default:
      return undefined;
  }
}

const isWhole = (value: number | bigint) => typeof value === 'bigint' || Number.isSafeInteger(value);

function comparison(
  operator: string,
  value: number | bigint | undefined,
  column: string,
  sqlType: SqlType,
): Predicate | undefined {
  if (value === undefined || Number.isNaN(Number(value))) return undefined;
  return { rule: `${operator} ${value}`, sql: `${column} ${operator} ${number(value, sqlType)}` };
}

function range(format: string, column: string, sqlType: SqlType): Predicate | undefined {
  const bounds = RANGES[format];
  if (!bounds) return undefined;
  const [low, high] = bounds;
  const whole = sqlType === 'DOUBLE' ? ` AND ${column} = trunc(${column})` : '';
  return { rule: format, sql: `${column} BETWEEN ${low} AND ${high}${whole}` };
}

/** A DECIMAL literal would be compared as a decimal, where the same double prints differently. */
function number(value: number | bigint, sqlType: SqlType): string {
  const exact = sqlType !== 'DOUBLE' && isWhole(value);
  return exact ? `(${value})` : `'${value}'::DOUBLE`;
}
