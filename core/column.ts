import { z } from 'zod';
import { StrataError } from './errors.ts';

/** Types that lake, DuckDB and Snowflake agree on. JSON travels as text, UUIDs as text, times as UTC microseconds. */
export type SqlType =
  | 'BOOLEAN'
  | 'INTEGER'
  | 'BIGINT'
  | 'DOUBLE'
  | 'VARCHAR'
  | 'DATE'
  | 'TIMESTAMPTZ'
  | 'BLOB'
  | `DECIMAL(${number},${number})`;

export type PiiClass = 'email' | 'name' | 'address' | 'ip' | 'free_text' | 'identifier';

/** The column of another table whose values a column holds. */
export interface Reference {
  /** `gold.dim_customer` */
  readonly dataset: string;
  readonly column: string;
}

interface ColumnMeta {
  sqlType?: SqlType;
  key?: boolean;
  references?: Reference;
  pii?: PiiClass;
  /** The text holds JSON. */
  json?: boolean;
  renamedFrom?: string;
}

/** A dataset's columns as its author writes them: any zod type here, enriched by the builders below. */
export type ColumnShape = Record<string, z.ZodType>;

/** A column as everything else reads it. */
export interface Column {
  readonly name: string;
  readonly sqlType: SqlType;
  readonly nullable: boolean;
  readonly key: boolean;
  readonly pii: PiiClass | undefined;
  readonly json: boolean;
  readonly references: Reference | undefined;
  readonly description: string | undefined;
  /** Its earlier name, where it had one: files of the lake still hold it so, a warehouse renames it and keeps its rows. */
  readonly renamedFrom?: string;
  /** The type without `nullable`: what a value that is present must satisfy. */
  readonly schema: z.ZodType;
}

const registry = z.registry<ColumnMeta>();

/** A copy of the schema that says more about the column. */
export function mark<T extends z.ZodType>(schema: T, meta: ColumnMeta): T {
  // A clone, so that marking a shared schema (one enum used by two datasets) does not mark its other uses.
  const copy = schema.clone() as T;
  registry.add(copy, { ...metaOf(schema), ...meta });
  return copy;
}

/** Part of the grain: never null, and together unique. */
export const key = <T extends z.ZodType>(schema: T): T => mark(schema, { key: true });

/**
 * This column was called `from`. Files of the lake that hold it under that name are read as they are; a warehouse renames it,
 * with the rows that are there.
 */
export const renamed = <T extends z.ZodType>(from: string, schema: T): T => mark(schema, { renamedFrom: from });

/** An exact decimal; in JavaScript a string such as `12.30`, because a double cannot hold money. */
export function decimal(precision: number, scale: number) {
  if (precision < 1 || precision > 38 || scale < 0 || scale > precision) {
    throw new StrataError('bad_definition', `decimal(${precision}, ${scale}) does not exist`, {
      hint: 'Precision is 1 to 38 and scale 0 to the precision.',
    });
  }
  return mark(z.string().regex(/^-?\d+(\.\d+)?$/), { sqlType: `DECIMAL(${precision},${scale})` });
}

/** A moment, UTC; in JavaScript microseconds since the epoch. */
export const timestamp = () => mark(z.bigint(), { sqlType: 'TIMESTAMPTZ' });
/** A calendar day; in JavaScript `2026-11-01`. */
export const date = () => mark(z.iso.date(), { sqlType: 'DATE' });
/** A whole number of 64 bits. */
export const bigint = () => mark(z.bigint(), { sqlType: 'BIGINT' });
/** A whole number of 32 bits. */
export const integer = () => mark(z.int32(), { sqlType: 'INTEGER' });
export const double = () => mark(z.number(), { sqlType: 'DOUBLE' });
export const boolean = () => mark(z.boolean(), { sqlType: 'BOOLEAN' });
export const text = () => mark(z.string(), { sqlType: 'VARCHAR' });
export const bytes = () => mark(z.instanceof(Uint8Array), { sqlType: 'BLOB' });
/** Nested or mixed data, kept as JSON text. */
export const json = () => mark(z.string(), { sqlType: 'VARCHAR', json: true });

/** Personal data: the class decides masking and erasure. */
export const pii = {
  email: () => mark(z.string(), { sqlType: 'VARCHAR', pii: 'email' }),
  name: () => mark(z.string(), { sqlType: 'VARCHAR', pii: 'name' }),
  address: () => mark(z.string(), { sqlType: 'VARCHAR', pii: 'address' }),
  ip: () => mark(z.string(), { sqlType: 'VARCHAR', pii: 'ip' }),
  freeText: () => mark(z.string(), { sqlType: 'VARCHAR', pii: 'free_text' }),
  identifier: () => mark(z.string(), { sqlType: 'VARCHAR', pii: 'identifier' }),
  /** JSON text that holds personal data of this class. */
  json: (pii: PiiClass) => mark(z.string(), { sqlType: 'VARCHAR', json: true, pii }),
} as const;

function metaOf(schema: z.ZodType): ColumnMeta {
  return registry.get(schema) ?? {};
}

const ZOD_SQL_TYPES: Record<string, SqlType> = {
  string: 'VARCHAR',
  enum: 'VARCHAR',
  literal: 'VARCHAR',
  boolean: 'BOOLEAN',
  bigint: 'BIGINT',
  number: 'DOUBLE',
};

function unwrap(schema: z.ZodType): { inner: z.ZodType; nullable: boolean; meta: ColumnMeta } {
  let inner = schema;
  let nullable = false;
  let meta = metaOf(schema);
  while (inner instanceof z.ZodNullable || inner instanceof z.ZodOptional) {
    nullable = true;
    inner = inner.unwrap() as z.ZodType;
    meta = { ...metaOf(inner), ...meta };
  }
  return { inner, nullable, meta };
}

function toColumn(name: string, schema: z.ZodType): Column {
  const { inner, nullable, meta } = unwrap(schema);
  const integral = inner instanceof z.ZodNumber && inner.format !== null && /int/.test(inner.format ?? '');
  const sqlType = meta.sqlType ?? (integral ? 'BIGINT' : ZOD_SQL_TYPES[inner.def.type]);
  if (!sqlType) {
    throw new StrataError('bad_definition', `Column ${name} has a zod type that no table can hold: ${inner.def.type}`, {
      hint: 'Use text(), decimal(), timestamp(), date(), bigint(), integer(), double(), boolean(), json() or a zod string, enum, number.',
    });
  }
  if (meta.key && nullable)
    throw new StrataError('bad_definition', `Column ${name} is a key and nullable; a key is never null`);
  return {
    name,
    sqlType,
    nullable,
    key: meta.key ?? false,
    pii: meta.pii,
    json: meta.json ?? false,
    references: meta.references,
    description: schema.description ?? inner.description,
    ...(meta.renamedFrom !== undefined && { renamedFrom: meta.renamedFrom }),
    schema: inner,
  };
}

/** @throws bad_definition on a name no engine likes or a type no table can hold. */
export function columnsOf(shape: ColumnShape): Column[] {
  return Object.entries(shape).map(([name, schema]) => {
    if (!/^[a-z][a-z0-9_]*$/.test(name)) {
      throw new StrataError('bad_definition', `Column name ${JSON.stringify(name)} is not lower_snake_case`, {
        hint: 'Names start with a letter and hold a-z, 0-9 and _; names starting with _ belong to Strata. Rename in the source: mapping.',
      });
    }
    return toColumn(name, schema);
  });
}
