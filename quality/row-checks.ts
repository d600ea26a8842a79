import type { Dataset } from '../core/dataset.ts';
import { StrataError } from '../core/errors.ts';
import type { RowPredicate } from '../engine/content-hash.ts';
import { ident, literal } from '../engine/sql-text.ts';
import { columnPredicates } from './zod-predicates.ts';

/**
 * Every check of a single row: the columns' zod types, then the dataset's row checks. `sql` is true for a good row and
 * false for a bad one, never null. A null is refused once, by `not null`; a nullable column's null passes.
 * @throws bad_definition naming the column, for a zod check that DuckDB cannot make
 */
export function compileRowChecks(dataset: Dataset): RowPredicate[] {
  const ofColumns = dataset.columns.flatMap((column) => {
    const name = ident(column.name);
    const notNull = { name: `${column.name}: not null`, sql: `${name} IS NOT NULL` };
    const rules = located(`${dataset.name}.${column.name}`, () => columnPredicates(column)).map((predicate) => ({
      name: `${column.name}: ${predicate.rule}`,
      sql: `(${name} IS NULL OR (${predicate.sql}))`,
    }));
    return column.nullable ? rules : [notNull, ...rules];
  });
  const ofDataset = dataset.checks.flatMap((check) =>
    check.kind === 'row' ? [{ name: check.name, sql: `coalesce((${check.sql}\n), false)` }] : [],
  );
  return [...ofColumns, ...ofDataset];
}

function located<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof StrataError)) throw error;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    throw new StrataError(error.code, error.message, { where, ...hint, cause: error });
  }
}

/** An expression that is true for a row which passes all checks. */
export function passesAll(checks: readonly RowPredicate[]): string {
  return checks.length === 0 ? 'true' : `(${checks.map((check) => check.sql).join(' AND ')})`;
}

/** An expression: the names of the checks that a row fails, VARCHAR[], empty for a good row. */
export function failedChecks(checks: readonly RowPredicate[]): string {
  if (checks.length === 0) return '[]::VARCHAR[]';
  const names = checks.map((check) => `CASE WHEN NOT ${check.sql} THEN ${literal(check.name)} END`);
  // Lists are made only for the few rows that fail; asking every row for its list takes several times as long.
  return `CASE WHEN ${passesAll(checks)} THEN []::VARCHAR[] ELSE list_filter([${names.join(', ')}], lambda x: x IS NOT NULL) END`;
}
