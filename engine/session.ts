import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DuckDBConnection, DuckDBInstance, type DuckDBType, type DuckDBValue } from '@duckdb/node-api';
import { StrataError } from '../core/errors.ts';
import { findDamaged, parquetIn } from './damaged-file.ts';
import { damagedFile, toStrataError } from './duckdb-fault.ts';
import { fromDuckdb, type Param, toDuckdb, typeOf, type Value } from './duckdb-values.ts';
import { registerMacros } from './macros.ts';
import { literal } from './sql-text.ts';

export interface S3Options {
  /** `http://127.0.0.1:7070` or `https://s3.eu-west-1.amazonaws.com`; without it, AWS. */
  readonly endpoint?: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface SessionOptions {
  /** DuckDB's words: `512MB`, `2GiB`. */
  readonly memoryLimit: string;
  readonly threads: number;
  /** Where a folder of this session's own is made for what does not fit in memory; removed by `close`. */
  readonly tempDirectory?: string;
  /** DuckDB's words; without it, as much as the disk holds. */
  readonly maxTempSize?: string;
  /** Folder of `<name>.duckdb_extension` files; without it no extension can be loaded. */
  readonly extensionsDirectory?: string;
  /** Used once `loadExtension(session, 'httpfs')` has succeeded. */
  readonly s3?: S3Options;
  /** Aborting it interrupts what runs and refuses what comes. */
  readonly signal?: AbortSignal;
}

export interface QueryColumn {
  readonly name: string;
  /** DuckDB's type text: `VARCHAR`, `DECIMAL(18,3)`, `TIMESTAMP WITH TIME ZONE`. */
  readonly type: string;
}

/** An interrupt that arrives between two statements is lost: it is sent again until the statement has ended. */
const INTERRUPT_AGAIN_MILLIS = 50;

/** One connection to an in-memory DuckDB. Statements of one connection run one after the other. */
export class Session {
  readonly options: SessionOptions;
  /** For appenders and streams; its errors are DuckDB's own. */
  readonly connection: DuckDBConnection;
  readonly #instance: DuckDBInstance;
  readonly #tempFolder: string | undefined;
  readonly #running = new Set<Promise<unknown>>();
  /** Parquet files that statements have named so far: views are read long after they were made. */
  readonly #named: Set<string>;
  #closed = false;

  constructor(
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    options: SessionOptions,
    tempFolder: string | undefined,
    named: Set<string> = new Set(),
  ) {
    this.#instance = instance;
    this.#named = named;
    this.connection = connection;
    this.options = options;
    this.#tempFolder = tempFolder;
  }

  /**
   * Runs one statement, or several when there are no parameters.
   * @throws StrataError: bad_definition with line and column for wrong SQL, corrupt with the file, storage for a full disk
   * or too little memory, unreachable, access_denied, cancelled.
   */
  async run(sql: string, params: readonly Param[] = []): Promise<void> {
    await this.#guarded(sql, () => this.connection.run(sql, ...bound(params)));
  }

  /** All rows of a query, as objects; see `fromDuckdb` for how values look. For results that fit in memory. */
  async rows<T = Record<string, Value>>(sql: string, params: readonly Param[] = []): Promise<T[]> {
    const reader = await this.#guarded(sql, () => this.connection.runAndReadAll(sql, ...bound(params)));
    return reader.convertRowObjects(fromDuckdb) as T[];
  }

  /** The first column of the first row; undefined when there is no row. */
  async value<T extends Value = Value>(sql: string, params: readonly Param[] = []): Promise<T | undefined> {
    const reader = await this.#guarded(sql, () => this.connection.runAndReadAll(sql, ...bound(params)));
    return reader.convertRows(fromDuckdb)[0]?.[0] as T | undefined;
  }

  /** Names and types of a query's columns, without running it. */
  async columns(sql: string): Promise<QueryColumn[]> {
    return this.#guarded(sql, async () => {
      const prepared = await this.connection.prepare(sql);
      try {
        return Array.from({ length: prepared.columnCount }, (_, i) => ({
          name: prepared.columnName(i),
          // JSON is an alias of VARCHAR, and another type to whoever reads the file.
          type: prepared.columnType(i).alias ?? prepared.columnType(i).toString(),
        }));
      } finally {
        prepared.destroySync();
      }
    });
  }

  /** Another connection to the same tables, so that two statements can run at once. Closing it leaves this one open. */
  async fork(): Promise<Session> {
    const connection = await this.#guarded('', () => this.#instance.connect());
    const session = new Session(this.#instance, connection, this.options, undefined, this.#named);
    await session.run(CONNECTION_SETTINGS);
    return session;
  }

  interrupt(): void {
    if (!this.#closed) this.connection.interrupt();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    // Closing under a running statement ends the process with a segmentation fault.
    while (this.#running.size > 0) {
      this.connection.interrupt();
      await Promise.race([Promise.allSettled(this.#running), sleep(INTERRUPT_AGAIN_MILLIS)]);
    }
    this.connection.disconnectSync();
    if (this.#tempFolder === undefined) return;
    this.#instance.closeSync();
    await rm(this.#tempFolder, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #guarded<T>(sql: string, work: () => Promise<T>): Promise<T> {
    const { signal } = this.options;
    if (this.#closed) throw new StrataError('internal', 'The DuckDB session is closed already');
    if (signal?.aborted) throw cancelled(signal);
    for (const file of parquetIn(sql)) this.#named.add(file);
    let timer: NodeJS.Timeout | undefined;
    const onAbort = () => {
      this.connection.interrupt();
      timer = setInterval(() => this.connection.interrupt(), INTERRUPT_AGAIN_MILLIS);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    const running = work();
    this.#running.add(running);
    try {
      return await running;
    } catch (error) {
      if (signal?.aborted) throw cancelled(signal);
      throw await this.#located(toStrataError(error, sql));
    } finally {
      this.#running.delete(running);
      clearInterval(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** A damaged file's error, with the file where DuckDB did not say which. */
  async #located(failure: StrataError): Promise<StrataError> {
    if (failure.code !== 'corrupt' || (failure.where && this.#named.has(failure.where))) return failure;
    const connection = await this.#instance.connect().catch(() => undefined);
    if (!connection) return failure;
    try {
      const file = await findDamaged(connection, this.#named, this.options.signal);
      return file === undefined ? failure : damagedFile(file, failure);
    } finally {
      connection.disconnectSync();
    }
  }
}

type Bound = [values?: Record<string, DuckDBValue>, types?: Record<string, DuckDBType | undefined>];

function bound(params: readonly Param[]): Bound {
  if (params.length === 0) return [];
  const numbered = <T>(each: (param: Param) => T) =>
    Object.fromEntries(params.map((param, i) => [String(i + 1), each(param)]));
  return [numbered(toDuckdb), numbered(typeOf)];
}

function cancelled(signal: AbortSignal): StrataError {
  return new StrataError('cancelled', 'The work was cancelled', { cause: signal.reason });
}

const CONNECTION_SETTINGS = "SET TimeZone = 'UTC'; SET errors_as_json = true;";

/**
 * Opens an in-memory DuckDB with limits. TimeZone is UTC, row order is kept only where ORDER BY says so, and no extension
 * is installed or loaded by itself. Strata's macros are there (see macros.ts).
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const tempFolder = await makeTempFolder(options.tempDirectory ?? tmpdir());
  try {
    const instance = await DuckDBInstance.create(':memory:', {
      memory_limit: options.memoryLimit,
      threads: String(options.threads),
      temp_directory: tempFolder,
      preserve_insertion_order: 'false',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      // Secrets of the person who runs this must not leak into a build.
      secret_directory: join(tempFolder, 'secrets'),
    });
    const session = new Session(instance, await instance.connect(), options, tempFolder);
    await session.run(CONNECTION_SETTINGS);
    // Given when the database is opened, DuckDB shows the limit but does not keep it.
    if (options.maxTempSize) await session.run(`SET max_temp_directory_size = ${literal(options.maxTempSize)}`);
    await registerMacros(session);
    return session;
  } catch (error) {
    await rm(tempFolder, { recursive: true, force: true });
    throw badOptions(error, options);
  }
}

async function makeTempFolder(parent: string): Promise<string> {
  try {
    return await mkdtemp(join(parent, 'strata-duckdb-'));
  } catch (cause) {
    const full = cause instanceof Error && 'code' in cause && ['ENOSPC', 'EDQUOT'].includes(String(cause.code));
    throw new StrataError(
      full ? 'storage' : 'bad_settings',
      `No folder can be made in ${parent} for what DuckDB cannot keep in memory`,
      {
        where: parent,
        hint: full ? 'Free disk space.' : 'Create the folder, or set another one for temporary data.',
        cause,
      },
    );
  }
}

function badOptions(cause: unknown, { memoryLimit, threads, maxTempSize }: SessionOptions): StrataError {
  const said = cause instanceof Error ? cause.message : String(cause);
  return new StrataError(
    'bad_settings',
    `DuckDB does not start with memory ${memoryLimit}, threads ${threads}, spill ${maxTempSize ?? 'unlimited'}: ${said}`,
    {
      hint: 'Sizes are written 512MB or 2GiB, threads is 1 or more.',
      cause,
    },
  );
}
