import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatParquet } from '../../warehouse/parquet-result.ts';
import type { QueryResult } from '../../warehouse/warehouse.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-parquet-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function roundTrip(result: QueryResult): Promise<{ types: string[]; rows: unknown[][] }> {
  const bytes = await formatParquet(result, { memoryLimit: '256MB', threads: 1 }, folder);
  expect(await readdir(folder)).toEqual([]);
  const file = join(folder, 'result.parquet');
  await writeFile(file, bytes);
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM '${file}'`);
    const types = described.getRowsJson().map(([name, type]) => `${name} ${type}`);
    const { rows } = {
      rows: (await connection.runAndReadAll(`SELECT columns(*)::VARCHAR FROM '${file}'`)).getRowsJson(),
    };
    return { types, rows: rows as unknown[][] };
  } finally {
    connection.disconnectSync();
    instance.closeSync();
    await rm(file);
  }
}

test('a result as Parquet keeps types and values, nulls, odd texts and names', async () => {
  const columns = [
    ['day', 'DATE'],
    ['at', 'TIMESTAMP WITH TIME ZONE'],
    ['amount', 'DECIMAL(18,2)'],
    ['n', 'BIGINT'],
    ['total', 'HUGEINT'],
    ['ratio', 'DOUBLE'],
    ['Name "x"', 'VARCHAR'],
    ['ok', 'BOOLEAN'],
    ['raw', 'BLOB'],
    ['list', 'INTEGER[]'],
  ].map(([name, type]) => ({ name: name!, type: type! }));
  const long = 'é'.repeat(9_000_000);
  const given = [
    '2026-11-01',
    '2026-11-01T23:59:59.999999Z',
    '-12345678901234.05',
    '9007199254740993',
    '12345678901234567890123456789',
    'NaN',
    'Zoë "q"\n\\',
    true,
    '00ff',
    [1, 2],
  ];
  const { types, rows } = await roundTrip({
    columns,
    rows: [given, columns.map(() => null), columns.map(({ name }) => (name === 'Name "x"' ? long : null))],
    truncated: false,
  });
  expect(types).toEqual([
    'day DATE',
    'at TIMESTAMP WITH TIME ZONE',
    'amount DECIMAL(18,2)',
    'n BIGINT',
    'total DECIMAL(38,0)',
    'ratio DOUBLE',
    'Name "x" VARCHAR',
    'ok BOOLEAN',
    'raw BLOB',
    'list VARCHAR',
  ]);
  expect(rows[0]).toEqual([
    '2026-11-01',
    '2026-11-01 23:59:59.999999+00',
    '-12345678901234.05',
    '9007199254740993',
    '12345678901234567890123456789',
    'nan',
    'Zoë "q"\n\\',
    'true',
    '\\x00\\xFF',
    '[1,2]',
  ]);
  expect(rows[1]).toEqual(columns.map(() => null));
  expect((rows[2]![6] as string).length).toBe(long.length);
});

test('a result without rows is a file with columns', async () => {
  const columns = [{ name: 'n', type: 'BIGINT' }];
  expect(await roundTrip({ columns, rows: [], truncated: false })).toEqual({ types: ['n BIGINT'], rows: [] });
});
