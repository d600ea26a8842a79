import type { Column, SqlType } from '../../core/column.ts';
import type { SourceDataset } from '../../core/dataset.ts';
import { StrataError } from '../../core/errors.ts';
import { ident } from '../../engine/sql-text.ts';
import { type PgColumn, type PgRelation, quote } from './catalog.ts';
import { misfitSql } from './misfit.ts';

/** How one column leaves PostgreSQL and becomes its declared type; every cast on the way is exact or fails. */
export interface Projection {
  readonly name: string;
  /** In PostgreSQL, for both reading paths. */
  readonly sql: string;
  /** DuckDB's expression over the value as CSV text. */
  readonly fromText: string;
  /** DuckDB's expression over the value as its scanner gives it. */
  readonly fromScanner: string;
  /** The COPY path's own PostgreSQL expression where the text of `sql` would not do. */
  readonly textSql?: string;
}

/** @throws source_mismatch naming every column whose type cannot become what the dataset declares, and what would fit. */
export function projectionsOf(dataset: SourceDataset, relation: PgRelation): Projection[] {
  const wrong: string[] = [];
  const projections = dataset.columns.map((column) => {
    const source = relation.columns.get(dataset.sourceColumns[column.name]!)!;
    const sql = sourceSql(column, source);
    if (sql === undefined)
      wrong.push(`${column.name} is ${source.declared}, declared ${column.sqlType}: use ${fitting(source)}`);
    return { name: column.name, sql: sql ?? 'null', ...readers(column, sql ?? 'null') };
  });
  if (wrong.length > 0) {
    throw new StrataError('source_mismatch', `${dataset.relation} does not fit the declared types`, {
      where: dataset.name,
      hint: `${wrong.join('; ')}.`,
    });
  }
  return projections;
}

function readers({ name, sqlType }: Column, sql: string): Pick<Projection, 'fromText' | 'fromScanner' | 'textSql'> {
  const column = ident(name);
  const fromScanner = `${column}::${sqlType}`;
  switch (sqlType) {
    case 'BLOB':
      return { fromScanner, fromText: `unhex(${column})`, textSql: `encode(${sql}, 'hex')` };
    case 'DATE':
    case 'TIMESTAMPTZ':
      return { fromScanner, fromText: `${christianEra(column)}::${sqlType}` };
    default:
      return { fromScanner, fromText: `${column}::${sqlType}` };
  }
}

/** `0044-03-15 00:00:00+00 BC` in PostgreSQL is `0044-03-15 (BC) 00:00:00+00` in DuckDB. */
const christianEra = (text: string) =>
  `CASE WHEN ends_with(${text}, ' BC') THEN regexp_replace(${text}, '^(\\S+)( .*)? BC$', '\\1 (BC)\\2') ELSE ${text} END`;

const WHOLE = new Set(['int2', 'int4', 'int8']);
const RANGE = {
  INTEGER: ['-2147483648', '2147483647', 'int4'],
  BIGINT: ['-9223372036854775808', '9223372036854775807', 'int8'],
} as const;
// Beyond it DuckDB's microseconds since 1970 overflow, although PostgreSQL's since 2000 do not.
const LAST_TIMESTAMP = "'294247-01-01 00:00:00+00'::timestamptz";

/** undefined: there is no exact way from this source type to the declared one. */
function sourceSql(column: Column, source: PgColumn): string | undefined {
  const value = quote(source.name);
  const guarded = (fits: string, type: string) =>
    `(case when not (${fits}) then ${misfitSql(column.name, value, type)} else ${value}::${type} end)`;
  const target: SqlType = column.sqlType;
  if (target.startsWith('DECIMAL')) return decimalSql(target, column.name, source);
  switch (target) {
    case 'BOOLEAN':
      return source.type === 'bool' ? `${value}::bool` : undefined;
    case 'INTEGER':
    case 'BIGINT': {
      const [least, greatest, type] = RANGE[target];
      if (source.type === 'int2' || source.type === 'int4' || source.type === type || source.type === 'oid') {
        return source.type === 'oid' && target === 'INTEGER' ? undefined : `${value}::${type}`;
      }
      if (source.type === 'int8') return guarded(`${value} between ${least} and ${greatest}`, type);
      if (source.type !== 'numeric') return undefined;
      return guarded(`${value} = trunc(${value}) and ${value} between ${least} and ${greatest}`, type);
    }
    case 'DOUBLE':
      return ['float8', 'float4', 'int2', 'int4'].includes(source.type) ? `${value}::float8` : undefined;
    case 'DATE':
      return source.type === 'date' ? guarded(`isfinite(${value})`, 'date') : undefined;
    case 'TIMESTAMPTZ':
      if (source.type === 'timestamptz')
        return guarded(`isfinite(${value}) and ${value} < ${LAST_TIMESTAMP}`, 'timestamptz');
      // Without a zone it is read as UTC: the only reading that does not depend on a session.
      if (source.type === 'timestamp') {
        const utc = `(${value} at time zone 'UTC')`;
        return `(case when not (isfinite(${value}) and ${utc} < ${LAST_TIMESTAMP}) then ${misfitSql(column.name, value, 'timestamptz')} else ${utc} end)`;
      }
      return undefined;
    case 'BLOB':
      return source.type === 'bytea' ? `${value}::bytea` : undefined;
    default:
      return textSql(column, source);
  }
}

function decimalSql(target: string, name: string, source: PgColumn): string | undefined {
  const [, precision, scale] = /^DECIMAL\((\d+),(\d+)\)$/.exec(target)!.map(Number) as [number, number, number];
  const isWhole = WHOLE.has(source.type);
  if (source.type !== 'numeric' && !isWhole) return undefined;
  const value = isWhole ? `${quote(source.name)}::numeric` : quote(source.name);
  const guarded = (fits: string, type: string) =>
    `(case when not (${fits}) then ${misfitSql(name, value, type)} else ${value} end)`;
  if (source.precision !== undefined && source.scale !== undefined && isWithin(source.precision, source.scale)) {
    // A numeric of any declared size may still be NaN, which DuckDB's scanner would read as 0. Where both branches have
    // the column's own size, PostgreSQL does not size each value again; DuckDB makes it the declared one.
    return guarded(`${value} <> 'NaN'`, `numeric(${source.precision},${source.scale})`);
  }
  const fits = `${value} = trunc(${value}, ${scale}) and abs(${value}) < 1e${precision - scale}::numeric`;
  return `${guarded(fits, 'numeric')}::numeric(${precision},${scale})`;

  function isWithin(sourcePrecision: number, sourceScale: number): boolean {
    return sourceScale >= 0 && sourceScale <= scale && sourcePrecision - sourceScale <= precision - scale;
  }
}

/** Every type has a text; arrays and rows have theirs as JSON. */
function textSql(column: Column, source: PgColumn): string {
  const value = quote(source.name);
  const isText = ['text', 'varchar', 'bpchar', 'name', 'json', 'jsonb'].includes(source.type);
  // The general to_json looks up the type of every value: half as fast.
  if (source.kind === 'array') return `array_to_json(${value})::text`;
  if (source.kind === 'composite') return `row_to_json(${value})::text`;
  if (column.json && !isText) return `to_json(${value})::text`;
  return `${value}::text`;
}

function fitting(source: PgColumn): string {
  if (source.type === 'numeric' && source.precision !== undefined)
    return `decimal(${source.precision}, ${source.scale}) or text()`;
  if (source.kind !== 'scalar') return 'json()';
  const builders: Record<string, string> = {
    bool: 'boolean()',
    int2: 'integer() or bigint()',
    int4: 'integer() or bigint()',
    int8: 'bigint()',
    numeric: 'decimal(p, s) or text()',
    float4: 'double()',
    float8: 'double()',
    date: 'date()',
    timestamp: 'timestamp()',
    timestamptz: 'timestamp()',
    bytea: 'bytes()',
    json: 'json()',
    jsonb: 'json()',
  };
  return builders[source.type] ?? 'text()';
}
