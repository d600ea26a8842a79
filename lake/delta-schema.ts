import type { SqlType } from '../core/column.ts';
import { PARTITION_COLUMN } from '../core/dataset.ts';
import { StrataError } from '../core/errors.ts';
import type { LakeColumn } from '../core/lake-columns.ts';

/** A column as the table log describes it. */
export interface TableColumn extends LakeColumn {
  readonly description?: string | undefined;
}

const DELTA_TYPES: Record<string, string> = {
  BOOLEAN: 'boolean',
  INTEGER: 'integer',
  BIGINT: 'long',
  DOUBLE: 'double',
  VARCHAR: 'string',
  DATE: 'date',
  TIMESTAMPTZ: 'timestamp',
  BLOB: 'binary',
};
const SQL_TYPES = new Map(Object.entries(DELTA_TYPES).map(([sql, delta]) => [delta, sql as SqlType]));

const deltaType = (type: SqlType): string => DELTA_TYPES[type] ?? type.toLowerCase();

interface DeltaField {
  readonly name: string;
  readonly type: string;
  readonly metadata?: { readonly comment?: string };
}

/** Every field is nullable: Delta can add no other kind later, and bronze must take what the source has. */
export function schemaString(columns: readonly TableColumn[]): string {
  const fields = [...columns, { name: PARTITION_COLUMN, sqlType: 'VARCHAR' as const, description: undefined }];
  return JSON.stringify({
    type: 'struct',
    fields: fields.map((column) => ({
      name: column.name,
      type: deltaType(column.sqlType),
      nullable: true,
      metadata: column.description ? { comment: column.description } : {},
    })),
  });
}

/** @throws corrupt when the schema holds what Strata never wrote. */
export function columnsOfSchema(schema: string, where: string): TableColumn[] {
  let fields: DeltaField[];
  try {
    fields = (JSON.parse(schema) as { fields: DeltaField[] }).fields;
    return fields.filter((field) => field.name !== PARTITION_COLUMN).map((field) => columnOf(field, where));
  } catch (cause) {
    if (cause instanceof StrataError) throw cause;
    throw new StrataError('corrupt', 'The schema in the table log cannot be read', { where, cause });
  }
}

function columnOf(field: DeltaField, where: string): TableColumn {
  const decimal = typeof field.type === 'string' && /^decimal\((\d+),\s*(\d+)\)$/.exec(field.type);
  const sqlType = decimal ? (`DECIMAL(${decimal[1]},${decimal[2]})` as SqlType) : SQL_TYPES.get(field.type);
  if (!sqlType) {
    throw new StrataError('corrupt', `Column ${field.name} has a type that Strata does not write: ${field.type}`, {
      where,
      hint: 'Strata must be the only writer of its tables.',
    });
  }
  return { name: field.name, sqlType, description: field.metadata?.comment };
}

/**
 * The table's columns after a commit of somebody who declares `declared`: theirs, then those no longer declared, which old
 * files still hold. Descriptions are the newest.
 * @returns `before` itself when nothing changes.
 * @throws source_mismatch when a column changed its type: files already written cannot be read as another one.
 */
export function evolve(
  dataset: string,
  before: readonly TableColumn[],
  declared: readonly TableColumn[],
): readonly TableColumn[] {
  const known = new Map(before.map((column) => [column.name, column]));
  for (const column of declared) {
    const old = known.get(column.name);
    if (old && old.sqlType !== column.sqlType) {
      throw new StrataError(
        'source_mismatch',
        `${dataset}.${column.name} is ${old.sqlType} in the lake and now declared ${column.sqlType}`,
        {
          where: dataset,
          hint: 'Columns can be added, not retyped: declare a new column with a new name, or a new dataset.',
        },
      );
    }
  }
  const names = new Set(declared.map((column) => column.name));
  // A worker with older code declares less than the table holds: it must not hide a column, nor quarrel about the order.
  if (declared.every((column) => known.has(column.name))) return before;
  return [...declared, ...before.filter((column) => !names.has(column.name))];
}
