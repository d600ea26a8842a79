import type { Dataset } from '../core/dataset.ts';
import { StrataError } from '../core/errors.ts';
import type { RowPredicate } from '../engine/content-hash.ts';
import { ident } from '../engine/sql-text.ts';
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
    const predicates = located(`${dataset.name}.${column.name}`, () => columnPredicates(column));
    const rules = predicates.map((predicate, i) => ({
      name: `${column.name}: ${predicate.rule}${numberOf(predicates, i)}`,
      sql: `(${name} IS NULL OR (${predicate.sql}))`,
    }));
    return column.nullable ? rules : [notNull, ...rules];
  });
  const ofDataset = dataset.checks.flatMap((check) =>
    check.kind === 'row' ? [{ name: check.name, sql: `coalesce((${check.sql}\n), false)` }] : [],
  );
  return [...ofColumns, ...ofDataset];
}

/** ` (2)` for the second of two rules of the same name, such as two patterns. */
function numberOf(predicates: readonly { rule: string }[], index: number): string {
  const before = predicates.slice(0, index).filter((p) => p.rule === predicates[index]?.rule).length;
  return before === 0 ? '' : ` (${before + 1})`;
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
