import type { Column } from '../core/column.ts';
import { StrataError } from '../core/errors.ts';
import { ident, literal } from '../engine/sql-text.ts';
import { numberPredicate } from './number-predicates.ts';
import { type Predicate, stringPredicate } from './string-predicates.ts';
import { checksOf, type Definition, definitionOf } from './zod-definition.ts';

/** What the builders of core/column.ts already say with the SQL type. */
const DECIMAL_PATTERN = '^-?\\d+(\\.\\d+)?$';

/**
 * A column's zod type as SQL predicates over its values that are not null.
 * @throws bad_definition for anything that has no exact SQL: nothing an author wrote is left unchecked
 */
export function columnPredicates(column: Column): Predicate[] {
  const schema = definitionOf(column.schema);
  const sql = ident(column.name);
  const refuse = (what: string): never => {
    throw new StrataError('bad_definition', `Column ${column.name}: ${what} cannot be checked by DuckDB`, {
      hint: 'Use min, max, length, regex, email, uuid, int, an enum or a literal, or write rowCheck(...) with SQL.',
    });
  };
  if (schema.coerce) refuse('z.coerce');
  const checks = checksOf(column.schema).filter((check) => !saidByType(check, column, schema));
  const compiled = checks.map((check) => {
    return predicateOf(check, sql, column, schema) ?? refuse(`zod's ${check.format ?? check.check ?? 'check'}`);
  });
  return [...ofType(column, schema, sql, refuse), ...compiled];
}

function saidByType(check: Definition, { sqlType }: Column, schema: Definition): boolean {
  if (check.check === 'string_format') {
    if (check.format === 'date') return sqlType === 'DATE';
    return sqlType.startsWith('DECIMAL') && check.pattern?.source === DECIMAL_PATTERN;
  }
  if (check.check === 'number_format') return sqlType === 'INTEGER' && check.format === 'int32';
  if (check.check === 'bigint_format') return check.format === 'int64';
  // z.instanceof(Uint8Array); what `refine` adds is custom too, but not the schema itself.
  return sqlType === 'BLOB' && check === schema;
}

function predicateOf(check: Definition, sql: string, column: Column, schema: Definition): Predicate | undefined {
  if (schema.type === 'string') return column.sqlType === 'VARCHAR' ? stringPredicate(check, sql) : undefined;
  if (schema.type !== 'number' && schema.type !== 'bigint') return undefined;
  return numberPredicate(check, column.sqlType === 'TIMESTAMPTZ' ? micros(sql) : sql, column.sqlType);
}

/** What follows from the kind of type alone. */
function ofType(column: Column, schema: Definition, sql: string, refuse: (what: string) => never): Predicate[] {
  switch (schema.type) {
    case 'enum':
      return [oneOf(Object.values(schema.entries ?? {}), column, sql, refuse)];
    case 'literal':
      return [oneOf(schema.values ?? [], column, sql, refuse)];
    case 'number':
      return column.sqlType === 'DOUBLE' ? [{ rule: 'a finite number', sql: `isfinite(${sql})` }] : [];
    case 'string':
      if (column.json) return [{ rule: 'json', sql: `json_valid(${sql})` }];
      // DuckDB knows days outside of what ISO 8601 can write in four digits, and infinity.
      if (column.sqlType === 'DATE') return [{ rule: 'a day of the years 1 to 9999', sql: dayRange(sql) }];
      return [];
    case 'bigint':
    case 'boolean':
    case 'custom':
      return [];
    default:
      return refuse(`the zod type ${schema.type}`);
  }
}

/** As zod sees a moment; epoch_us alone gives null for the two infinities. */
const micros = (sql: string): string =>
  `CASE WHEN isfinite(${sql}) THEN epoch_us(${sql}) WHEN ${sql} > TIMESTAMPTZ '2000-01-01' THEN 9223372036854775807 ELSE -9223372036854775807 END`;

const dayRange = (sql: string): string => `${sql} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'`;

function oneOf(values: readonly unknown[], column: Column, sql: string, refuse: (what: string) => never): Predicate {
  if (column.sqlType !== 'VARCHAR' || !values.every((v) => typeof v === 'string')) {
    return refuse('an enum or literal other than of strings');
  }
  return { rule: 'one of its values', sql: `${sql} IN (${values.map(literal).join(', ')})` };
}
