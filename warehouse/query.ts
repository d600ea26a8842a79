import { StrataError } from '../core/errors.ts';
import { instantFromMicros } from '../core/instant.ts';
import { toStrataError } from '../engine/duckdb-fault.ts';
import { fromDuckdb, type Value } from '../engine/duckdb-values.ts';
import type { Session, SessionOptions } from '../engine/session.ts';
import { ident } from '../engine/sql-text.ts';
import { withFile } from './attached-file.ts';
import { ATTACHED } from './ledger-tables.ts';
import type { Cell, QueryOptions, QueryResult } from './warehouse.ts';

const DEFAULT_MAX_ROWS = 10_000;

/**
 * Runs one statement against a warehouse file that cannot be changed; neither can it reach any other file.
 * @throws bad_input with the place for SQL that does not fit.
 */
export function runQuery(
  options: SessionOptions,
  path: string,
  schema: string,
  sql: string,
  { maxRows = DEFAULT_MAX_ROWS }: QueryOptions = {},
): Promise<QueryResult> {
  return withFile(options, path, 'READ_ONLY', async (session) => {
    if (
      !(await session.value('SELECT 1 FROM duckdb_schemas() WHERE database_name = ? AND schema_name = ?', [
        ATTACHED,
        schema,
      ]))
    ) {
      throw new StrataError('bad_input', `Nothing is published for ${schema} in ${path} yet`, {
        hint: 'Run a pipeline of this environment that publishes to this warehouse first.',
      });
    }
    await session.run(`USE ${ATTACHED}.${ident(schema)}`);
    await session.run('SET enable_external_access = false; SET lock_configuration = true');
    return read(session, sql, maxRows);
  });
}

const COMMENTS = /--.*$|\/\*[\s\S]*?\*\//gm;

async function read(session: Session, sql: string, maxRows: number): Promise<QueryResult> {
  if (sql.replaceAll(COMMENTS, '').trim() === '') {
    throw new StrataError('bad_input', 'The query is empty', { hint: 'Write one SQL statement.' });
  }
  try {
    const statements = await session.connection.extractStatements(sql);
    if (statements.count !== 1) {
      throw new StrataError('bad_input', `A query is one statement; these are ${statements.count}`, {
        hint: 'Ask one question at a time.',
      });
    }
    // One row more than wanted tells whether there are more.
    const reader = await session.connection.streamAndReadUntil(sql, maxRows + 1);
    const types = reader.columnTypes().map(String);
    const columns = reader.columnNames().map((name, i) => ({ name, type: types[i]! }));
    const all = reader.convertRows(fromDuckdb);
    const rows = all.slice(0, maxRows).map((row) => row.map((value, i) => toCell(value, types[i]!)));
    return { columns, rows, truncated: all.length > maxRows };
  } catch (error) {
    throw asBadInput(toStrataError(error, sql));
  }
}

/** Here the SQL is what somebody typed, not a model's. */
function asBadInput(error: StrataError): StrataError {
  if (error.code !== 'bad_definition') return error;
  return new StrataError('bad_input', error.message, {
    cause: error.cause,
    hint: 'Correct the query; `SHOW TABLES` lists what there is.',
    ...(error.where !== undefined && { where: error.where }),
  });
}

const TIMES = /^TIMESTAMP( WITH TIME ZONE)?$/;

function toCell(value: Value, type: string): Cell {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') {
    if (TIMES.test(type)) return instantFromMicros(value);
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value.toString();
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map((item) => toCell(item, ''));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toCell(item as Value, '')]));
}
