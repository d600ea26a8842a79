import type { SqlType } from '../core/column.ts';
import { StrataError } from '../core/errors.ts';

/** A name, always quoted: a column called `order` or `Order` stays what it is. */
export const ident = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** `layer.table` as two quoted names. */
export const qualified = (name: string): string => name.split('.').map(ident).join('.');

/** A text constant. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

export interface TypedColumn {
  readonly name: string;
  readonly sqlType: SqlType;
  /** Files written before it was renamed hold it under this name. */
  readonly renamedFrom?: string;
}

/**
 * A relation over Parquet files, to be put behind FROM. Columns come in the given order and types; a column that a file
 * does not have (written before it was added) is NULL, one that it holds under an earlier name or in a narrower type is
 * read as the declared one; without files it is an empty relation of the same shape.
 * @param options.filename adds a column `filename` with each row's file.
 */
export function readParquet(
  uris: readonly string[],
  columns: readonly TypedColumn[],
  options: { filename?: boolean } = {},
): string {
  const filename: TypedColumn[] = options.filename ? [{ name: 'filename', sqlType: 'VARCHAR' }] : [];
  if (uris.length === 0) return emptyRelation([...columns, ...filename]);
  // `schema` fills what a file lacks without opening every file while planning, as union_by_name does, and it casts.
  const earlier = columns.flatMap(({ renamedFrom, sqlType }) => (renamedFrom ? [{ name: renamedFrom, sqlType }] : []));
  const fields = [...columns, ...earlier].map(({ name, sqlType }) => {
    return `${literal(name)}: {name: ${literal(name)}, type: ${literal(sqlType)}, default_value: NULL}`;
  });
  const files = `[${uris.map(literal).join(', ')}]`;
  const read = `read_parquet(${files}, schema = MAP {${fields.join(', ')}}${options.filename ? ', filename = true' : ''})`;
  return earlier.length === 0
    ? read
    : `(SELECT ${[...columns, ...filename].map(byEitherName).join(', ')} FROM ${read})`;
}

/** A file holds a column under one of its names, never under both. */
const byEitherName = ({ name, renamedFrom }: TypedColumn): string =>
  renamedFrom ? `coalesce(${ident(name)}, ${ident(renamedFrom)}) AS ${ident(name)}` : ident(name);

/** No rows, but the columns. */
export function emptyRelation(columns: readonly TypedColumn[]): string {
  const nulls = columns.map((c) => `NULL::${c.sqlType} AS ${ident(c.name)}`).join(', ');
  return `(SELECT ${nulls} WHERE false)`;
}

/** `{{name}}`: where an input goes. */
export const PLACEHOLDER = /\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g;

/** The names used as `{{name}}`, in order, each once. Text and comments are not skipped: a placeholder is one anywhere. */
export function placeholders(sql: string): string[] {
  return [...new Set([...sql.matchAll(PLACEHOLDER)].map((m) => m[1]!))];
}

/**
 * Puts relations in the place of `{{name}}`. Line numbers stay: a replacement never holds a line break.
 * @throws bad_definition for a name that has no relation, with its line.
 */
export function render(sql: string, relations: Readonly<Record<string, string>>, file?: string): string {
  return sql.replace(PLACEHOLDER, (_, name: string, offset: number) => {
    const relation = relations[name];
    if (relation !== undefined) return relation.replaceAll(/\s*\n\s*/g, ' ');
    const line = sql.slice(0, offset).split('\n').length;
    throw new StrataError('bad_definition', `{{${name}}} is not an input`, {
      where: file ? `${file}:${line}` : `SQL line ${line}`,
      hint: `Inputs are: ${Object.keys(relations).join(', ')}.`,
    });
  });
}
