import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openSession } from '../../engine/session.ts';
import { openDuckdbWarehouse } from '../../warehouse/duckdb-warehouse.ts';
import { MINUTES } from '../patience.ts';
import { difference, factAt, SESSION, writeFiles } from '../warehouse/company.fixture.ts';
import { BIN, environment, SHOP_PROJECT } from './strata-process.ts';

// Each command is a process of its own; on a busy machine its start takes a while.
vi.setConfig({ testTimeout: 4 * MINUTES });

const folder = mkdtempSync(join(tmpdir(), 'strata-cli-query-'));
const path = join(folder, 'analytics.duckdb');
const question = join(folder, 'question.sql');
const SQL = `-- The first rows
SELECT event_date, id, label, amount FROM fact_shop ORDER BY event_date, id LIMIT 3;
`;
const ROWS = factAt('shop', 1).slice(0, 3);

beforeAll(async () => {
  writeFileSync(question, SQL);
  await writeFiles(folder, 'shop', 1);
  const warehouse = await openDuckdbWarehouse({ path, schema: 'dev', session: SESSION });
  await warehouse.publish(difference(folder, 'shop', null, 1));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `strata query` prints, byte for byte. */
function ask(args: readonly string[], input = ''): Buffer {
  const variables = { STRATA_PROJECT: SHOP_PROJECT, STRATA_WAREHOUSE_ANALYTICS: `duckdb://${path}` };
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, 'query', ...args], {
    cwd: folder,
    env: environment(variables),
    input,
  });
  expect({ status, said: String(stderr) }).toEqual({ status: 0, said: '' });
  return stdout;
}

test('a question in a file is answered as a table', () => {
  const [head, line, ...rest] = String(ask(['--file', question]))
    .trimEnd()
    .split('\n');
  expect(head).toMatch(/^event_date +id +label +amount$/);
  expect(line).toMatch(/^[- ]+$/);
  expect(rest).toEqual([...ROWS.map(([day, id]) => expect.stringMatching(`^${day} +${id} `)), '(3 rows)']);
});

test('as CSV, also from standard input', () => {
  const cell = (value: string | number | null) => (value === null ? '' : String(value).replace(/.*".*/, quote));
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const expected = ['event_date,id,label,amount', ...ROWS.map((row) => row.map(cell).join(',')), ''].join('\n');
  expect(String(ask(['--file', question, '--format', 'csv']))).toBe(expected);
  expect(String(ask(['--file', '-', '--format', 'csv'], SQL))).toBe(expected);
});

test('as JSON', () => {
  const expected = ROWS.map(([event_date, id, label, amount]) => ({ event_date, id, label, amount }));
  expect(JSON.parse(String(ask(['--file', question, '--format', 'json'])))).toEqual(expected);
});

test('as Parquet, with the types of the warehouse', async () => {
  const file = join(folder, 'answer.parquet');
  writeFileSync(file, ask(['--file', question, '--format', 'parquet']));
  await using session = await openSession(SESSION);
  const types = await session.rows<{ column_type: string }>(`DESCRIBE FROM '${file}'`);
  expect(types.map((c) => c.column_type)).toEqual(['DATE', 'BIGINT', 'VARCHAR', 'DECIMAL(18,2)']);
  const rows = await session.rows<Record<string, string | null>>(`SELECT columns(*)::VARCHAR FROM '${file}'`);
  expect(rows.map(Object.values)).toEqual(
    ROWS.map((row) => row.map((value) => (value === null ? null : String(value)))),
  );
});

test('as Arrow', () => {
  const table = tableFromIPC(ask(['--file', question, '--format', 'arrow']));
  expect([...table.getChild('label')!]).toEqual(ROWS.map(([, , label]) => label));
});
