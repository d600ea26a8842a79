import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  applicationClock,
  cursor,
  databaseClock,
  dataset,
  key,
  merge,
  postgres,
  source,
  text,
  timestamp,
} from '../../core/builders.ts';
import { lakeColumns } from '../../core/lake-columns.ts';
import type { Clock } from '../../core/source.ts';
import { openSession, type Session } from '../../engine/session.ts';
import { readParquet } from '../../engine/sql-text.ts';
import { LocalTable } from './local-table.ts';

let session: Session;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-last-look-'));
  session = await openSession({ memoryLimit: '512MB', threads: 1 });
});
afterAll(async () => {
  await session.close();
  await rm(folder, { recursive: true });
});

/** id, value, time, position */
type Seen = readonly [string, string, number, number];

/** Merges looks one after the other and gives key and value of every row. */
async function merged(clock: Clock, keySql: string, looks: readonly Seen[]): Promise<string[]> {
  const bronze = source({
    name: 'bronze.entry',
    description: 'entries',
    source: postgres('journal'),
    relation: 'entry',
    extraction: cursor('at', clock),
    columns: { id: key(text()), value: text(), at: timestamp() },
  });
  const silver = dataset({
    name: 'silver.entry',
    description: 'entries',
    inputs: { raw: bronze },
    columns: { entry: key(text()), value: text(), at: timestamp() },
    sql: 'entry.sql',
    write: merge({ latestBy: 'at' }),
  });
  const table = new LocalTable();
  for (const [n, [id, value, at, position]] of looks.entries()) {
    const uri = join(folder, `${crypto.randomUUID()}-${n}.parquet`);
    await session.run(
      `COPY (SELECT '${id}' AS id, '${value}' AS value, make_timestamptz(${at}) AS at, 'u' AS _op, ${position}::BIGINT AS _position, now() AS _observed_at) TO '${uri}' (FORMAT parquet)`,
    );
    await table.merge({
      session,
      dataset: silver,
      sqlText: `SELECT ${keySql} AS entry, r.value, r.at FROM {{raw}} r`,
      raw: { name: 'raw', dataset: bronze },
      inputs: { raw: [{ uri, partition: 'all' }] },
      directory: folder,
    });
  }
  const files = table.files.map((file) => file.uri);
  const rows = await session.rows<{ entry: string; value: string }>(
    `SELECT entry, value FROM ${readParquet(files, lakeColumns(silver))} ORDER BY ALL`,
  );
  return rows.map(({ entry, value }) => `${entry}=${value}`);
}

const BACK: readonly Seen[] = [
  ['a', 'overwritten', 20, 1],
  ['a', 'now', 10, 2],
];

test.each([
  ['in the order of the looks', BACK],
  ['the older look last', BACK.toReversed()],
])("under the database's clock a row whose time goes back is as the last look saw it: %s", async (_, looks) => {
  expect(await merged(databaseClock(), 'r.id', looks)).toEqual(['a=now']);
});

test("under the application's clock the latest time wins", async () => {
  expect(await merged(applicationClock({ lateness: '1 hour' }), 'r.id', BACK)).toEqual(['a=overwritten']);
});

test('of two source rows that claim one key the latest time wins under either clock', async () => {
  const two: readonly Seen[] = [
    ['a', 'later', 20, 1],
    ['b', 'earlier', 10, 2],
  ];
  expect(await merged(databaseClock(), "'one'", two)).toEqual(['one=later']);
  expect(await merged(databaseClock(), "'one'", two.toReversed())).toEqual(['one=later']);
});
