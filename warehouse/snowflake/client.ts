import type { Connection, RowStatement } from 'snowflake-sdk';
import { StrataError } from '../../core/errors.ts';
import type { SnowflakeOptions } from './connection-options.ts';
import { toStrataFault } from './fault.ts';
import { answers, watchServer } from './reachability.ts';

/** What a statement gave: values as text, exactly as Snowflake writes them; times are epoch seconds with nine places. */
export interface StatementResult {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly unknown[])[];
  /** Rows changed by an INSERT, UPDATE, DELETE or MERGE; 0 for anything else. */
  readonly affected: number;
}

export interface ResultColumn {
  readonly name: string;
  /** Snowflake's word: `fixed`, `text`, `timestamp_ltz`. */
  readonly type: string;
  readonly precision: number;
  readonly scale: number;
}

/** Labels of a statement, for Snowflake's query history; values must hold no data. */
export type QueryTag = Readonly<Record<string, string | number>>;

export interface RunOptions {
  readonly tag?: QueryTag;
  readonly signal?: AbortSignal | undefined;
  /** Snowflake sends no more rows than these. */
  readonly maxRows?: number;
}

/** The client says goodbye over and over to a server that does not answer. */
const GOODBYE_MILLIS = 2_000;
const PATIENCE_MILLIS = 60_000;
const LOGIN_RETRIES = 3;

/** Numbers lose digits as JavaScript numbers, so they are fetched as text. */
const AS_TEXT = ['Number'] as const;

/** One session with Snowflake. Statements run one after the other; what the client repeats is executed once, by its request id. */
export class SnowflakeClient {
  readonly where: string;
  readonly #connection: Connection;
  readonly #watched: { readonly url: string; readonly patienceMillis: number } | undefined;
  #statement: { readonly sql: string; readonly since: number } | undefined;

  constructor(connection: Connection, where: string, watched?: { url: string; patienceMillis: number }) {
    this.#connection = connection;
    this.where = where;
    this.#watched = watched;
  }

  async run(sql: string, { tag, signal, maxRows }: RunOptions = {}): Promise<StatementResult> {
    signal?.throwIfAborted();
    this.#statement = { sql, since: Date.now() };
    return new Promise((resolve, reject) => {
      const cancel = () => statement.cancel(() => {});
      const { url, patienceMillis } = this.#watched ?? { url: '', patienceMillis: 0 };
      const lost = () =>
        reject(toStrataFault({ message: `network: no answer for ${patienceMillis / 1000} s` }, this.where, sql));
      const unwatch = this.#watched ? watchServer(url, patienceMillis, lost) : () => {};
      const statement = this.#connection.execute({
        sqlText: sql,
        rowMode: 'array',
        fetchAsString: [...AS_TEXT],
        parameters: {
          ...(tag && { QUERY_TAG: JSON.stringify({ app: 'strata', ...tag }) }),
          ...(maxRows !== undefined && { ROWS_PER_RESULTSET: maxRows }),
        },
        complete: (error, done, rows) => {
          this.#statement = undefined;
          unwatch();
          signal?.removeEventListener('abort', cancel);
          if (signal?.aborted) reject(new StrataError('cancelled', 'The statement was cancelled', { cause: error }));
          else if (error) reject(toStrataFault(error, this.where, sql));
          else resolve(resultOf(done as RowStatement, (rows ?? []) as unknown[][]));
        },
      }) as RowStatement;
      signal?.addEventListener('abort', cancel, { once: true });
    });
  }

  /** The first value of the first row; undefined without rows. */
  async value(sql: string, options: RunOptions = {}): Promise<unknown> {
    return (await this.run(sql, options)).rows[0]?.[0];
  }

  /** What runs now, and since when. */
  running(): { readonly statement?: string; readonly millis: number } {
    if (this.#statement === undefined) return { millis: 0 };
    const { sql, since } = this.#statement;
    return { statement: sql.replaceAll(/\s+/g, ' ').slice(0, 80), millis: Date.now() - since };
  }

  /** Ends the session; what it left open is rolled back. Failing to say goodbye is no failure. */
  async close(): Promise<void> {
    if (!this.#connection.isUp()) return;
    await new Promise<void>((resolve) => {
      const enough = setTimeout(resolve, GOODBYE_MILLIS);
      this.#connection.destroy(() => {
        clearTimeout(enough);
        resolve();
      });
    });
  }
}

function resultOf(statement: RowStatement, rows: readonly (readonly unknown[])[]): StatementResult {
  const columns = (statement.getColumns() ?? []).map((column) => ({
    name: column.getName(),
    type: column.getType(),
    precision: column.getPrecision(),
    scale: column.getScale(),
  }));
  return { columns, rows, affected: Math.max(0, statement.getNumUpdatedRows() ?? 0) };
}

/**
 * A transaction whose client is gone is given up by Snowflake when it has been silent for five minutes and is in
 * somebody's way; who waits for its lock must wait longer than that. A failed statement fails its transaction.
 */
const SESSION = `ALTER SESSION SET TIMEZONE = 'UTC', LOCK_TIMEOUT = 900, TRANSACTION_ABORT_ON_ERROR = TRUE`;

/** @throws bad_settings, access_denied or unreachable, naming the setting. */
export async function connect(options: SnowflakeOptions, schema?: string): Promise<SnowflakeClient> {
  // Loaded when it is needed: whoever publishes to DuckDB only does not wait for it.
  const { default: snowflake } = await import('snowflake-sdk');
  snowflake.configure({ logLevel: 'OFF', additionalLogToConsole: false });
  const where = `${options.account}, user ${options.user}`;
  const { patienceMillis = PATIENCE_MILLIS } = options;
  const connection = snowflake.createConnection({
    account: options.account,
    username: options.user,
    authenticator: 'SNOWFLAKE_JWT',
    privateKeyPath: options.privateKeyPath,
    ...(options.privateKeyPassphrase !== undefined && { privateKeyPass: options.privateKeyPassphrase }),
    role: options.role,
    warehouse: options.warehouse,
    database: options.database,
    ...(schema !== undefined && { schema }),
    ...(options.url !== undefined && { accessUrl: options.url }),
    sfRetryMaxLoginRetries: patienceMillis < PATIENCE_MILLIS ? 0 : LOGIN_RETRIES,
    application: 'strata',
    // Else a number that is NULL comes as the text NULL.
    representNullAsStringNull: false,
    clientSessionKeepAlive: true,
  } as Parameters<typeof snowflake.createConnection>[0]);
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error ? reject(toStrataFault(error, where)) : resolve()));
  });
  const url = options.url ?? `https://${options.account.replaceAll('_', '-')}.snowflakecomputing.com`;
  // Behind a proxy that only the client knows, it cannot be looked at.
  const watched = (await answers(url)) ? { url, patienceMillis } : undefined;
  const client = new SnowflakeClient(connection, where, watched);
  await client.run(SESSION);
  await refuseWrongNames(client, options);
  return client;
}

/** Snowflake lets a session begin with a database or warehouse that does not exist, and fails later and elsewhere. */
async function refuseWrongNames(client: SnowflakeClient, { database, warehouse }: SnowflakeOptions): Promise<void> {
  const [row] = (await client.run('SELECT CURRENT_DATABASE() AS D, CURRENT_WAREHOUSE() AS W')).rows;
  const problems = [
    ...(row?.[0] == null ? [`database ${database} (STRATA_SNOWFLAKE_DATABASE)`] : []),
    ...(row?.[1] == null ? [`virtual warehouse ${warehouse} (STRATA_SNOWFLAKE_WAREHOUSE)`] : []),
  ];
  if (problems.length === 0) return;
  await client.close();
  throw new StrataError('bad_settings', `Snowflake knows no ${problems.join(' and no ')}, or the role may not use it`, {
    where: client.where,
    hint: 'Correct the setting, or create and grant it as docs/warehouse.md shows.',
  });
}
