import {
  BIGINT,
  blobValue,
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBType,
  type DuckDBValue,
  listValue,
} from '@duckdb/node-api';

/** A parameter of a statement. Whole numbers are INTEGER or BIGINT, bigints BIGINT, bytes BLOB; an array is a list. */
export type Param = null | boolean | number | bigint | string | Uint8Array | readonly (string | number | bigint)[];

/** A value read from DuckDB; see {@link fromDuckdb}. */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Value[]
  | { [key: string]: Value };

export function toDuckdb(param: Param): DuckDBValue {
  if (param instanceof Uint8Array) return blobValue(param);
  return Array.isArray(param) ? listValue(param as DuckDBValue[]) : (param as DuckDBValue);
}

/** Without it a bigint travels as HUGEINT, which keeps a filter on a BIGINT column from reaching Parquet statistics. */
export function typeOf(param: Param): DuckDBType | undefined {
  return typeof param === 'bigint' && BigInt.asIntN(64, param) === param ? BIGINT : undefined;
}

/**
 * DuckDB's value as JavaScript's, exact: BIGINT and HUGEINT bigint; smaller integers and doubles number; DECIMAL text
 * (`12.30`); TIMESTAMPTZ and TIMESTAMP bigint microseconds since the epoch (`instantFromMicros` makes an Instant); DATE
 * text (`2026-11-01`); BLOB Uint8Array; lists arrays; structs and maps objects; all else its text.
 * One loss: DuckDB's binding drops a U+FEFF at the start of a text, so compare such texts in SQL.
 */
export function fromDuckdb(value: DuckDBValue): Value {
  if (value === null || typeof value !== 'object') return value ?? null;
  if (value instanceof DuckDBTimestampTZValue || value instanceof DuckDBTimestampValue) return value.micros;
  if (value instanceof DuckDBDecimalValue || value instanceof DuckDBDateValue) return value.toString();
  if (value instanceof DuckDBBlobValue) return value.bytes;
  if (value instanceof DuckDBListValue) return value.items.map(fromDuckdb);
  if (value instanceof DuckDBMapValue) {
    return Object.fromEntries(value.entries.map(({ key, value: entry }) => [String(key), fromDuckdb(entry)]));
  }
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([name, entry]) => [name, fromDuckdb(entry)]));
  }
  return value.toString();
}
