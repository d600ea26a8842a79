import type { Column, SqlType } from '../core/column.ts';
import { StrataError } from '../core/errors.ts';
import type { PublishedTable } from './warehouse.ts';

/** A column as the warehouse has it; `type` in the warehouse's own words. */
export interface PresentColumn {
  readonly name: string;
  readonly type: string;
  /** Made by an attempt that did not come through, where the warehouse cannot undo that: no reader knows it. */
  readonly unpublished?: boolean;
}

/** How a table that is there becomes the declared one. No change: four empty lists. */
export interface ShapeChange {
  readonly add: readonly Column[];
  readonly rename: readonly { readonly from: string; readonly to: string }[];
  readonly widen: readonly Column[];
  readonly drop: readonly string[];
}

export interface Dialect {
  /** The warehouse's words for a column's type. */
  typeOf(type: SqlType): string;
  /** May a column of this type, with its rows, become of that type without losing anything? */
  widens(from: string, to: string): boolean;
  /** SQL that somebody runs who wants the incompatible change: afterwards the pipeline is loaded anew. */
  statement(table: string): string;
  readonly whereToRun?: string;
}

/**
 * Compares the declared columns with those present.
 * @throws bad_definition, with the statement to run, for a change that would lose or guess values: nothing is written.
 */
export function shapeChange(table: PublishedTable, present: readonly PresentColumn[], dialect: Dialect): ShapeChange {
  const there = new Map(present.map((c) => [c.name, c]));
  const declared = new Set(table.columns.map((c) => c.name));
  const add: Column[] = [];
  const rename: { from: string; to: string }[] = [];
  const widen: Column[] = [];
  for (const column of table.columns) {
    const was = column.renamedFrom;
    const now = there.get(column.name);
    const old = was === undefined || declared.has(was) ? undefined : there.get(was);
    const renamed = old !== undefined && (now === undefined || now.unpublished === true);
    if (renamed) rename.push({ from: old.name, to: column.name });
    const type = (renamed ? old : now)?.type;
    const wanted = dialect.typeOf(column.sqlType);
    if (type === undefined) add.push(column);
    else if (type !== wanted) {
      if (!dialect.widens(type, wanted)) throw incompatible(table, column, type, wanted, dialect);
      widen.push(column);
    }
  }
  const kept = new Set(rename.map(({ from }) => from));
  const drop = present.map((c) => c.name).filter((name) => !declared.has(name) && !kept.has(name));
  return { add, rename, widen, drop };
}

export const isChange = ({ add, rename, widen, drop }: ShapeChange): boolean =>
  add.length + rename.length + widen.length + drop.length > 0;

function incompatible(table: PublishedTable, column: Column, from: string, to: string, dialect: Dialect): StrataError {
  return new StrataError(
    'bad_definition',
    `${table.name}.${column.name} is ${from} in the warehouse and ${to} in its definition: the rows that are there cannot become that. Nothing was written`,
    {
      where: `${table.name}.${column.name}`,
      hint: `Give the new column another name, or run${dialect.whereToRun ?? ''}: ${dialect.statement(table.name)} Then publish again: the pipeline is loaded anew, until then readers miss this table.`,
    },
  );
}

/** Precision and scale of `DECIMAL(18,2)` or `NUMBER(18,2)`. */
export function decimalOf(type: string): { precision: number; scale: number } | undefined {
  const [, precision, scale] = /^(?:DECIMAL|NUMBER)\((\d+),(\d+)\)$/.exec(type) ?? [];
  return precision === undefined ? undefined : { precision: Number(precision), scale: Number(scale) };
}
