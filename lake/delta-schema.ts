import type { SqlType } from '../core/column.ts';
import { PARTITION_COLUMN } from '../core/dataset.ts';
import { StrataError } from '../core/errors.ts';
import type { LakeColumn } from '../core/lake-columns.ts';
import { widens } from '../core/widening.ts';

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

/** In a field's metadata: older files hold this column under that name. */
const RENAMED_FROM = 'strata.renamedFrom';

interface DeltaField {
  readonly name: string;
  readonly type: string;
  readonly metadata?: { readonly comment?: string; readonly [RENAMED_FROM]?: string };
}

/** Every field is nullable: Delta can add no other kind later, and bronze must take what the source has. */
export function schemaString(columns: readonly TableColumn[]): string {
  const fields: readonly TableColumn[] = [...columns, { name: PARTITION_COLUMN, sqlType: 'VARCHAR' as const }];
  return JSON.stringify({
    type: 'struct',
    fields: fields.map((column) => ({
      name: column.name,
      type: deltaType(column.sqlType),
      nullable: true,
      metadata: {
        ...(column.description && { comment: column.description }),
        ...(column.renamedFrom && { [RENAMED_FROM]: column.renamedFrom }),
      },
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
  const renamedFrom = field.metadata?.[RENAMED_FROM];
  return {
    name: field.name,
    sqlType,
    description: field.metadata?.comment,
    ...(renamedFrom !== undefined && { renamedFrom }),
  };
}

/**
 * The table's columns after a commit of somebody who declares `declared`: theirs, then those no longer declared, which old
 * files still hold. Descriptions are the newest. A column may be added, left out, widened and renamed; files stay as they are.
 * @returns `before` itself when nothing changes.
 * @throws source_mismatch for a change that files already written cannot be read with.
 */
export function evolve(
  dataset: string,
  before: readonly TableColumn[],
  declared: readonly TableColumn[],
): readonly TableColumn[] {
  const known = new Map(before.map((column) => [column.name, column]));
  for (const column of declared) refuseIncompatible(dataset, known, column);
  const names = new Set(declared.map((column) => column.name));
  const columns = declared.map((column) => asStored(known, column));
  // A worker with older code declares less than the table holds: it must not hide a column, nor quarrel about the order.
  const held = ({ name, sqlType, renamedFrom }: TableColumn) =>
    known.get(name)?.sqlType === sqlType && known.get(name)?.renamedFrom === renamedFrom;
  if (columns.every(held)) return before;
  return [...columns, ...before.filter((column) => !names.has(column.name))];
}

/** An earlier name matters only where files hold it. */
function asStored(known: ReadonlyMap<string, TableColumn>, column: TableColumn): TableColumn {
  const { renamedFrom, ...plain } = column;
  return renamedFrom !== undefined && known.has(renamedFrom) ? column : plain;
}

function refuseIncompatible(dataset: string, known: ReadonlyMap<string, TableColumn>, column: TableColumn): void {
  const { name, sqlType, renamedFrom } = column;
  const same = known.get(name);
  const old = same ?? (renamedFrom === undefined ? undefined : known.get(renamedFrom));
  const refuse = (message: string, hint: string) => {
    throw new StrataError('source_mismatch', `${dataset}.${name} ${message}`, { where: dataset, hint });
  };
  if (old && old.sqlType !== sqlType && !widens(old.sqlType, sqlType)) {
    const narrower = widens(sqlType, old.sqlType);
    refuse(
      `is ${old.sqlType} in the lake and now declared ${sqlType}`,
      narrower
        ? `Declare it ${old.sqlType}: it was widened, by another worker's code or before.`
        : `Nothing was written. integer() may become bigint(), a decimal more digits before the point. For another type declare a new column with a new name beside it, or give the dataset a new name and fill it: npx strata backfill create <pipeline> --from-date <first day> --to-date <last day>.`,
    );
  }
  if (same?.renamedFrom !== undefined && same.renamedFrom !== renamedFrom) {
    refuse(
      `was renamed from ${same.renamedFrom}, and files written before still hold it under that name`,
      `Keep renamed('${same.renamedFrom}', ...) around it.`,
    );
  }
  const earlier = same === undefined ? old?.renamedFrom : undefined;
  if (earlier !== undefined) {
    refuse(
      `would be the third name of one column: ${earlier}, ${renamedFrom}, ${name}`,
      `Files hold the first two. Leave it at ${renamedFrom}, or declare a new column.`,
    );
  }
}
