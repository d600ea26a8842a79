import { DuckDBInstance } from '@duckdb/node-api';
import { expect } from 'vitest';

/** Every value as text: decimals as they are, times ISO 8601 in UTC with microseconds, days as 2026-11-01. */
export type TextRow = Readonly<Record<string, string | null>>;

export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
export const named = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** One query's rows. */
export type Ask = (sql: string) => Promise<TextRow[]>;

/** Lends a plain DuckDB, without Strata's session, that reads one database file. */
export async function withDatabase<T>(path: string, work: (rows: Ask) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(path, { threads: '1', access_mode: 'READ_ONLY' });
  try {
    return await asking(instance, work);
  } finally {
    instance.closeSync();
  }
}

// To open one takes as long as to read a table. What files held earlier is not kept: tests damage files.
const shared = DuckDBInstance.create(':memory:', { threads: '1', enable_external_file_cache: 'false' });

/** Lends a plain DuckDB to read files with. */
export const withDuckdb = async <T>(work: (rows: Ask) => Promise<T>): Promise<T> => asking(await shared, work);

async function asking<T>(instance: DuckDBInstance, work: (rows: Ask) => Promise<T>): Promise<T> {
  const connection = await instance.connect();
  const rows = async (sql: string): Promise<TextRow[]> => {
    const described = (await connection.runAndReadAll(`DESCRIBE ${sql}`)).getRowObjectsJS();
    const columns = described.map(({ column_name, column_type }) => textOf(String(column_name), String(column_type)));
    const reader = await connection.runAndReadAll(`SELECT ${columns.join(', ')} FROM (${sql})`);
    return reader.getRowObjectsJS() as TextRow[];
  };
  try {
    return await work(rows);
  } finally {
    connection.disconnectSync();
  }
}

function textOf(column: string, type: string): string {
  const name = named(column);
  if (type !== 'TIMESTAMP WITH TIME ZONE') return `${name}::VARCHAR AS ${name}`;
  return `strftime(${name} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ') AS ${name}`;
}

/** In the order of their names. @throws when rows do not all have the same */
export function columnsOf(rows: readonly TextRow[]): string[] {
  const columns = Object.keys(rows[0] ?? {}).sort();
  for (const row of rows) {
    const same = Object.keys(row).length === columns.length && columns.every((column) => column in row);
    if (!same) throw new Error(`not the columns ${columns}: ${Object.keys(row)}`);
  }
  return columns;
}

/** One text per row, the same for the same values whatever the order of the columns. */
export function linesOf(rows: readonly TextRow[]): string[] {
  const columns = columnsOf(rows);
  return rows.map((row) => JSON.stringify(columns.map((column) => [column, row[column]])));
}

/** The rows that one side has and the other has not, copies counted. */
function difference(
  actual: readonly TextRow[],
  expected: readonly TextRow[],
): { surplus: string[]; lacking: string[] } {
  const counts = new Map<string, number>();
  const count = (line: string, by: number) => counts.set(line, (counts.get(line) ?? 0) + by);
  for (const line of linesOf(actual)) count(line, 1);
  for (const line of linesOf(expected)) count(line, -1);
  const lines = (sign: number) => [...counts].filter(([, n]) => Math.sign(n) === sign).map(([line]) => line);
  return { surplus: lines(1).sort(), lacking: lines(-1).sort() };
}

const SHOWN = 3;

/** Fails, with the first rows that differ, unless both sides hold the same rows in the same columns. */
export function expectSameRows(what: string, actual: readonly TextRow[], expected: readonly TextRow[]): void {
  const { surplus, lacking } = difference(actual, expected);
  const shown = { surplus: surplus.slice(0, SHOWN), lacking: lacking.slice(0, SHOWN) };
  expect(
    { rows: actual.length, surplusRows: surplus.length, lackingRows: lacking.length, ...shown },
    `${what}: rows that only the pipeline has are surplus, rows that only the oracle has are lacking`,
  ).toEqual({ rows: expected.length, surplusRows: 0, lackingRows: 0, surplus: [], lacking: [] });
}
