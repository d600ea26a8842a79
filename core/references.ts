import type { z } from 'zod';
import { type ColumnShape, mark, type Reference } from './column.ts';
import type { Dataset } from './dataset.ts';
import { StrataError } from './errors.ts';
import { suggestion } from './suggest.ts';

/** A dataset with its columns as written: what `dataset(...)` gives. */
type Shaped<S extends ColumnShape> = Dataset & { readonly shape: S };

/**
 * A column that holds keys of another table, of the same type: `customer_key: references(dimCustomer, 'customer_key')`.
 * Nothing is read because of it and nothing becomes stale; `strata check` looks that it fits, diagrams and audits follow it.
 * @throws bad_definition when that table has no such column
 */
export function references<S extends ColumnShape, C extends keyof S & string>(
  dataset: Shaped<S>,
  column: C,
): z.ZodType<NonNullable<z.output<S[C]>>> {
  const target = dataset.columns.find(({ name }) => name === column);
  if (!target) {
    const names = dataset.columns.map(({ name }) => name);
    throw new StrataError('bad_definition', `${dataset.name} has no column ${column} to reference`, {
      where: dataset.name,
      hint: suggestion(column, names),
    });
  }
  const { schema, sqlType, pii, json } = target;
  const marked = mark(schema, {
    sqlType,
    key: false,
    json,
    references: { dataset: dataset.name, column },
    ...(pii && { pii }),
  });
  return marked as z.ZodType as z.ZodType<NonNullable<z.output<S[C]>>>;
}

/** What does not fit about a reference; undefined: nothing. */
export function misfit({ dataset, column }: Reference, datasets: readonly Dataset[]): string | undefined {
  const target = datasets.find(({ name }) => name === dataset);
  if (!target) return `${dataset} is in no pipeline`;
  if (target.key.length !== 1 || target.key[0] !== column) {
    return `${column} is not the key of ${dataset} (which is ${target.key.join(', ') || 'none'})`;
  }
  return undefined;
}
