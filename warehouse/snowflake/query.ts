import { StrataError } from '../../core/errors.ts';
import { instantFromMicros } from '../../core/instant.ts';
import type { Cell, QueryOptions, QueryResult } from '../warehouse.ts';
import type { ResultColumn, SnowflakeClient } from './client.ts';
import { lowered } from './names.ts';

const DEFAULT_MAX_ROWS = 10_000;
/** What may come before a statement's first word. */
const LEADING = /^(?:\s|--.*|\/\/.*|\/\*[\s\S]*?\*\/)*/;
const READS = /^(?:\(\s*)*(?:SELECT|WITH|SHOW|DESCRIBE|DESC|EXPLAIN|VALUES)\b/i;

/**
 * One statement that reads. What it may see and do is decided by the role's grants; here only what is no question is
 * refused, so that a slip of the pen changes nothing. The text goes to Snowflake as it is: cutting out comments would cut
 * into literals, and a SELECT around it would lose its order.
 */
export async function runQuery(
  client: SnowflakeClient,
  sql: string,
  { maxRows = DEFAULT_MAX_ROWS, signal }: QueryOptions = {},
): Promise<QueryResult> {
  const statement = sql.replace(LEADING, '');
  if (statement === '') throw new StrataError('bad_input', 'The query is empty', { hint: 'Write one SQL statement.' });
  if (!READS.test(statement)) {
    throw new StrataError('bad_input', 'A query reads: SELECT, WITH, SHOW or DESCRIBE', {
      hint: 'Published tables are changed by publications only.',
    });
  }
  try {
    // One row more than wanted tells whether there are more.
    const { columns, rows } = await client.run(sql, { tag: { step: 'query' }, signal, maxRows: maxRows + 1 });
    return {
      columns: columns.map((c) => ({ name: lowered(c.name), type: typeOf(c) })),
      rows: rows.slice(0, maxRows).map((row) => row.map((value, i) => toCell(value, columns[i]!))),
      truncated: rows.length > maxRows,
    };
  } catch (error) {
    if (!(error instanceof StrataError) || error.code !== 'bad_definition') throw error;
    throw new StrataError('bad_input', error.message, {
      cause: error,
      hint: 'Correct the query; `SHOW TABLES` lists what there is.',
    });
  }
}

const TYPES: Readonly<Record<string, string>> = {
  boolean: 'BOOLEAN',
  date: 'DATE',
  real: 'DOUBLE',
  text: 'VARCHAR',
  binary: 'BLOB',
  timestamp_ltz: 'TIMESTAMP WITH TIME ZONE',
  timestamp_tz: 'TIMESTAMP WITH TIME ZONE',
  timestamp_ntz: 'TIMESTAMP',
};

/** In DuckDB's words, so that formats treat both warehouses alike. */
function typeOf({ type, precision, scale }: ResultColumn): string {
  if (type !== 'fixed') return TYPES[type] ?? type.toUpperCase();
  return scale === 0 && precision <= 19 ? 'BIGINT' : `DECIMAL(${precision},${scale})`;
}

/** A moment as the client gives it. */
interface Moment {
  getEpochSeconds(): number;
  getNanoSeconds(): number;
}

function toCell(value: unknown, { type, scale }: ResultColumn): Cell {
  if (value === null || value === undefined) return null;
  if (type === 'fixed') {
    const text = String(value);
    return scale === 0 && Number.isSafeInteger(Number(text)) ? Number(text) : fixed(text, scale);
  }
  if (type === 'real') return Number.isFinite(Number(value)) ? Number(value) : String(value).replace('inf', 'Infinity');
  if (type === 'date') return value instanceof Date ? value.toISOString().slice(0, 10) : String(value);
  if (type.startsWith('timestamp')) {
    const moment = value as Moment;
    const micros = BigInt(moment.getEpochSeconds()) * 1_000_000n + BigInt(Math.trunc(moment.getNanoSeconds() / 1000));
    return instantFromMicros(micros);
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return typeof value === 'boolean' || typeof value === 'string' ? value : (JSON.parse(JSON.stringify(value)) as Cell);
}

/** With all places of its scale, as DuckDB writes decimals. */
function fixed(text: string, scale: number): string {
  if (scale === 0) return text;
  const [whole = '0', places = ''] = text.split('.');
  return `${whole}.${places.padEnd(scale, '0')}`;
}
