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
}

/**
 * A relation over Parquet files, to be put behind FROM. Columns come in the given order and types; a column that a file
 * does not have (written before it was added) is NULL; without files it is an empty relation of the same shape.
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
  const fields = columns.map(({ name, sqlType }) => {
    return `${literal(name)}: {name: ${literal(name)}, type: ${literal(sqlType)}, default_value: NULL}`;
  });
  const files = `[${uris.map(literal).join(', ')}]`;
  return `read_parquet(${files}, schema = MAP {${fields.join(', ')}}${options.filename ? ', filename = true' : ''})`;
}

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
