import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  applicationClock,
  cursor,
  dataset,
  integer,
  key,
  merge,
  postgres,
  source,
  text,
  timestamp,
} from '../../core/builders.ts';
import { openSession, type Session } from '../../engine/session.ts';
import { countQuarantined } from '../../transform/quarantine-count.ts';

const columns = { id: key(integer()), state: text(), updated_at: timestamp() };
const raw = source({
  name: 'bronze.order',
  description: 'orders',
  source: postgres('shop'),
  relation: 'orders',
  extraction: cursor('updated_at', applicationClock({ lateness: '1 hour' })),
  columns,
});
const common = { name: 'silver.order', description: 'orders', inputs: { raw }, columns, sql: 'order.sql' };
const merged = dataset({ ...common, write: merge({ latestBy: 'updated_at' }) });
const replaced = dataset(common);

let session: Session;
let folder: string;
let n = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-quarantine-'));
  session = await openSession({ memoryLimit: '256MB', threads: 1 });
});
afterAll(async () => {
  await session.close();
  await rm(folder, { recursive: true });
});

async function file(select: string): Promise<string> {
  const uri = join(folder, `${n++}.parquet`);
  await session.run(`COPY (${select}) TO '${uri}' (FORMAT parquet)`);
  return uri;
}

const bad = (id: number, partition: string, position: number | 'NULL', claim: string) =>
  file(`SELECT '{}' AS row, 'state' AS failed_checks, '${id}' AS row_key, '${partition}' AS input_partition,
    ${position}::BIGINT AS position, NULL::VARCHAR AS tie, 1::BIGINT AS epoch, '${claim}' AS claim, 'run' AS run`);
const row = (id: number, position: number) =>
  file(`SELECT ${id}::INTEGER AS id, 'ok' AS state, TIMESTAMPTZ '2026-11-01' AS updated_at, ${position}::BIGINT AS _position,
    NULL::VARCHAR AS _tie, '2026-11-01' AS _bronze_partition`);
const tombstone = (id: number, position: number) =>
  file(
    `SELECT ${id}::INTEGER AS id, TIMESTAMPTZ '2026-11-01' AS updated_at, ${position}::BIGINT AS _position, NULL::VARCHAR AS _tie`,
  );

const claims = new Map([
  ['2026-11-01', 'mine'],
  ['2026-11-02', 'later'],
]);

test('counts what holds a key back now, and nothing that died, is current or was followed', async () => {
  const quarantine = [
    await bad(1, '2026-11-01', 5, 'mine'), // no good version yet
    await bad(2, '2026-11-01', 5, 'mine'), // the last good one is older
    await bad(3, '2026-11-01', 5, 'dead'), // of a claim that never committed
    await bad(4, '2026-11-01', 5, 'mine'), // judged anew, it stays the last good one
    await bad(5, '2026-11-01', 5, 'mine'), // a newer version was accepted
    await bad(6, '2026-11-02', 5, 'later'), // deleted since
    await bad(7, '2026-11-03', 5, 'mine'), // its input partition was never merged
  ];
  const current = await Promise.all([row(2, 4), row(4, 5), row(5, 6)]);
  const tombstones = [await tombstone(6, 9)];
  expect(await countQuarantined({ session, dataset: merged, quarantine, claims, current, tombstones })).toBe(2);
  expect(await countQuarantined({ session, dataset: merged, quarantine, claims, current: [], tombstones: [] })).toBe(5);
});

test('of a replaced partition count the rows of the claim that stands', async () => {
  const quarantine = [await bad(1, '2026-11-01', 'NULL', 'mine'), await bad(1, '2026-11-01', 'NULL', 'dead')];
  const nothing = { current: [], tombstones: [] };
  expect(await countQuarantined({ session, dataset: replaced, quarantine, claims, ...nothing })).toBe(1);
});
