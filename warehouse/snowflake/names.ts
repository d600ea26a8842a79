import type { SqlType } from '../../core/column.ts';
import { ident, literal } from '../../engine/sql-text.ts';

/**
 * Strata's names are lower case; in Snowflake an analyst writes them without quotes, and Snowflake reads that in upper
 * case. So everything is created in upper case.
 */
export const name = (text: string): string => ident(text.toUpperCase());

/** The name as Strata writes it; one that somebody created with quotes stays as it is. */
export const lowered = (text: string): string => (/^[A-Z_][A-Z0-9_$]*$/.test(text) ? text.toLowerCase() : text);

export interface Place {
  readonly database: string;
  /** Schema of the published tables. */
  readonly schema: string;
}

/** Strata's own schema: ledger, staging tables, stage. Analysts need no rights on it. */
export const ownSchema = ({ schema }: Place): string => `${schema.toUpperCase()}_STRATA`;

export const published = (place: Place, table: string): string =>
  [place.database, place.schema, table].map(name).join('.');

export const own = (place: Place, object: string): string =>
  [place.database, ownSchema(place), object].map(name).join('.');

const TYPES: Readonly<Record<string, string>> = {
  BOOLEAN: 'BOOLEAN',
  INTEGER: 'NUMBER(10,0)',
  BIGINT: 'NUMBER(19,0)',
  DOUBLE: 'FLOAT',
  VARCHAR: 'VARCHAR',
  DATE: 'DATE',
  // A moment, not a wall clock; microseconds, as everywhere in Strata.
  TIMESTAMPTZ: 'TIMESTAMP_LTZ(6)',
  BLOB: 'BINARY',
};

/** Snowflake's type of a column. */
export const snowflakeType = (type: SqlType): string => TYPES[type] ?? type.replace('DECIMAL', 'NUMBER');

/** A type as SHOW COLUMNS tells it, in the words of {@link snowflakeType}; lengths of texts do not count. */
export function presentType(json: string): string {
  const { type, precision, scale } = JSON.parse(json) as { type: string; precision?: number; scale?: number };
  if (type === 'FIXED') return `NUMBER(${precision},${scale})`;
  if (type === 'TEXT') return 'VARCHAR';
  if (type === 'REAL') return 'FLOAT';
  return type === 'TIMESTAMP_LTZ' ? 'TIMESTAMP_LTZ(6)' : type;
}

/** A text in SQL: Snowflake reads a backslash within one as the beginning of an escape. */
export const quoted = (text: string): string => literal(text.replaceAll('\\', '\\\\'));
