import { rm } from 'node:fs/promises';
import {
  BIGINT,
  BLOB,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  TIMESTAMPTZ,
  VARCHAR,
} from '@duckdb/node-api';
import type { Column, SqlType } from '../../core/column.ts';
import type { Session } from '../../engine/session.ts';
import { ident } from '../../engine/sql-text.ts';
import type { StagedFile } from '../extraction.types.ts';
import { writeParquet } from '../parquet.ts';

const VECTOR_ROWS = 2048;
/** Of raw documents: how much may wait as JavaScript values, and how much in DuckDB before a file is written. */
const CHUNK_BYTES = 8 * 2 ** 20;
const FILE_BYTES = 64 * 2 ** 20;
/** Parquet is written from several copies of each value: huge ones must be few. */
const HUGE_BYTES = 2 ** 20;
const HUGE_FILE_BYTES = 8 * 2 ** 20;

/**
 * Rows on their way into Parquet files, by DuckDB's appender. What waits is bounded by bytes, not by rows: documents of
 * 16 MB go one by one.
 */
export class ParquetSpool {
  readonly #session: Session;
  readonly #columns: readonly Column[];
  readonly #types: readonly DuckDBType[];
  readonly #table: string;
  readonly #stamps: string;
  readonly #path: (n: number) => string;
  readonly #files: StagedFile[] = [];
  #rows: DuckDBValue[][] = [];
  #waitingBytes = 0;
  #tableBytes = 0;
  #tableRows = 0;

  private constructor(session: Session, columns: readonly Column[], stamps: string, path: (n: number) => string) {
    this.#session = session;
    this.#columns = columns;
    this.#types = columns.map((column) => duckdbType(column.sqlType));
    this.#table = 'strata_spool';
    this.#stamps = stamps;
    this.#path = path;
  }

  /** @param path of the n-th file; @param session used by this spool alone */
  static async open(
    session: Session,
    columns: readonly Column[],
    stamps: string,
    path: (n: number) => string,
  ): Promise<ParquetSpool> {
    const spool = new ParquetSpool(session, columns, stamps, path);
    await spool.#clear();
    return spool;
  }

  async add(row: DuckDBValue[], bytes: number): Promise<void> {
    this.#rows.push(row);
    this.#waitingBytes += bytes;
    if (this.#rows.length < VECTOR_ROWS && this.#waitingBytes < CHUNK_BYTES) return;
    await this.#append();
    const huge = this.#tableBytes / this.#tableRows > HUGE_BYTES;
    if (this.#tableBytes >= (huge ? HUGE_FILE_BYTES : FILE_BYTES)) await this.#write();
  }

  /** Writes what waits. All files, in order. */
  async finish(): Promise<readonly StagedFile[]> {
    await this.#append();
    await this.#write();
    return this.#files;
  }

  /** Removes what was written: the piece will be read again. */
  async discard(): Promise<void> {
    await Promise.all(this.#files.map((file) => rm(file.uri, { force: true })));
  }

  async #append(): Promise<void> {
    if (this.#rows.length === 0) return;
    const chunk = DuckDBDataChunk.create(this.#types);
    chunk.setRows(this.#rows);
    const appender = await this.#session.connection.createAppender(this.#table, null, 'temp');
    try {
      appender.appendDataChunk(chunk);
    } finally {
      appender.closeSync();
    }
    this.#tableBytes += this.#waitingBytes;
    this.#tableRows += this.#rows.length;
    this.#rows = [];
    this.#waitingBytes = 0;
  }

  async #write(): Promise<void> {
    if (this.#tableRows === 0) return;
    const columns = this.#columns.map((column) => ident(column.name)).join(', ');
    const file = await writeParquet(
      this.#session,
      `SELECT ${columns}, ${this.#stamps} FROM ${this.#table}`,
      this.#path(this.#files.length),
      this.#tableBytes / this.#tableRows,
    );
    if (file) this.#files.push(file);
    await this.#clear();
  }

  /** A new table: emptying the old one would keep its memory. */
  async #clear(): Promise<void> {
    const columns = this.#columns.map((column) => `${ident(column.name)} ${column.sqlType}`).join(', ');
    await this.#session.run(`CREATE OR REPLACE TEMP TABLE ${this.#table} (${columns})`);
    this.#tableBytes = 0;
    this.#tableRows = 0;
  }
}

function duckdbType(type: SqlType): DuckDBType {
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(type);
  if (decimal) return DECIMAL(Number(decimal[1]), Number(decimal[2]));
  return { BOOLEAN, INTEGER, BIGINT, DOUBLE, VARCHAR, DATE, TIMESTAMPTZ, BLOB }[
    type as Exclude<SqlType, `DECIMAL${string}`>
  ];
}
