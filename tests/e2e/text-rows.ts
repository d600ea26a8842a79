import { DuckDBInstance } from '@duckdb/node-api';
import { expect } from 'vitest';

/** Every value as text: decimals as they are, times ISO 8601 in UTC with microseconds, days as 2026-11-01. */
export type TextRow = Readonly<Record<string, string | null>>;

export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
export const named = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Lends a DuckDB of its own, plain, without Strata's session. @param path a database file that is only read */
export async function withDuckdb<T>(
  work: (rows: (sql: string) => Promise<TextRow[]>) => Promise<T>,
  path?: string,
): Promise<T> {
  const instance = await DuckDBInstance.create(path ?? ':memory:', {
    threads: '1',
    ...(path !== undefined && { access_mode: 'READ_ONLY' }),
  });
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
    instance.closeSync();
  }
}

function textOf(column: string, type: string): string {
  const name = named(column);
  if (type !== 'TIMESTAMP WITH TIME ZONE') return `${name}::VARCHAR AS ${name}`;
  return `strftime(${name} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ') AS ${name}`;
}

/** One text per row, the same for the same values whatever the order of the columns. */
export const lineOf = (row: TextRow): string =>
  JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));

/** The rows that one side has and the other has not, copies counted. */
export function difference(
  actual: readonly TextRow[],
  expected: readonly TextRow[],
): { surplus: string[]; lacking: string[] } {
  const counts = new Map<string, number>();
  const count = (line: string, by: number) => counts.set(line, (counts.get(line) ?? 0) + by);
  for (const row of actual) count(lineOf(row), 1);
  for (const row of expected) count(lineOf(row), -1);
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
