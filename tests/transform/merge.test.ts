import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  applicationClock,
  cursor,
  dataset,
  day,
  integer,
  key,
  merge,
  postgres,
  source,
  text,
  timestamp,
} from '../../core/builders.ts';
import { lakeColumns } from '../../core/lake-columns.ts';
import { openSession, type Session } from '../../engine/session.ts';
import { readParquet } from '../../engine/sql-text.ts';
import type { InputFile, MergeWork } from '../../transform/build-input.ts';
import { bronzePartitionsOf } from '../../transform/candidates.ts';
import { MINUTES } from '../patience.ts';
import { LocalTable } from './local-table.ts';

const bronze = source({
  name: 'bronze.order',
  description: 'orders',
  source: postgres('shop'),
  relation: 'orders',
  extraction: cursor('updated_at', applicationClock({ lateness: '1 hour' })),
  columns: { id: key(integer()), amount: integer().nullable(), event_time: timestamp(), updated_at: timestamp() },
});
const silver = dataset({
  name: 'silver.order',
  description: 'latest orders',
  inputs: { raw: bronze },
  columns: { order_id: key(text()), amount: integer(), event_time: timestamp(), updated_at: timestamp() },
  partitionBy: day('event_time'),
  sql: 'silver/order.sql',
  write: merge({ latestBy: 'updated_at' }),
});
const SQL = `SELECT 'o' || (r.id % 3) AS order_id, r.amount, r.event_time, r.updated_at FROM {{raw}} r`;
const CHECKS = [{ name: 'amount_not_negative', sql: 'amount >= 0' }];
const DAY = 86_400_000_000n;
const START = 1_793_491_200_000_000n; // 2026-11-01

interface Observation {
  id: number;
  amount: number;
  eventDay: number;
  updatedDay: number;
  position: number;
  op: 'u' | 'd';
}

const observation = fc.record({
  id: fc.integer({ min: 0, max: 5 }),
  amount: fc.integer({ min: -2, max: 9 }),
  eventDay: fc.integer({ min: 0, max: 2 }),
  updatedDay: fc.integer({ min: 0, max: 3 }),
  position: fc.integer({ min: 1, max: 6 }),
  op: fc.constantFrom('u' as const, 'u' as const, 'u' as const, 'd' as const),
});
/** A bronze key has one version per position and cursor day: what the bronze rule guarantees. */
const observations = fc.uniqueArray(observation, { maxLength: 14, selector: (o) => `${o.id}/${o.position}` });

let session: Session;
let folder: string;
let n = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-merge-'));
  session = await openSession({ memoryLimit: '512MB', threads: 1 });
});
afterAll(async () => {
  await session.close();
  await rm(folder, { recursive: true });
});

async function bronzeFiles(list: Observation[]): Promise<InputFile[]> {
  const days = [...new Set(list.map((o) => o.updatedDay))];
  return Promise.all(
    days.map(async (d) => {
      const uri = join(folder, `bronze-${n++}.parquet`);
      const rows = list
        .filter((o) => o.updatedDay === d)
        .map(
          (o) =>
            `(${o.id}, ${o.amount}, make_timestamptz(${START + BigInt(o.eventDay) * DAY}), make_timestamptz(${START + BigInt(d) * DAY}), '${o.op}', ${o.position}, make_timestamptz(${START}))`,
        );
      await session.run(`COPY (SELECT id::INTEGER AS id, amount::INTEGER AS amount, event_time, updated_at, _op, _position::BIGINT AS _position, _observed_at
      FROM (VALUES ${rows.join(', ')}) t(id, amount, event_time, updated_at, _op, _position, _observed_at)) TO '${uri}' (FORMAT parquet)`);
      return { uri, partition: `2026-11-0${d + 1}` };
    }),
  );
}

async function mergeInto(table: LocalTable, files: InputFile[], work: MergeWork = { kind: 'merge' }, sqlText = SQL) {
  return table.merge({
    session,
    dataset: silver,
    sqlText,
    raw: { name: 'raw', dataset: bronze },
    inputs: { raw: files },
    rowChecks: CHECKS,
    directory: folder,
    work,
  });
}

const content = (table: LocalTable) =>
  session.rows(
    `SELECT order_id, amount, epoch_us(event_time) AS e, epoch_us(updated_at) AS u, _position FROM ${readParquet(
      table.files.map((f) => f.uri),
      lakeColumns(silver),
    )} ORDER BY ALL`,
  );

/** The definition, in plain code. */
function expected(list: Observation[]) {
  const best = new Map<string, Observation>();
  const rank = (o: Observation) => [o.updatedDay, o.position, o.id] as const;
  const greater = (a: Observation, b: Observation) => {
    const [x, y] = [rank(a), rank(b)];
    for (let i = 0; i < 3; i++) if (x[i] !== y[i]) return x[i]! > y[i]!;
    return false;
  };
  for (const o of list) {
    if (o.op === 'u' && o.amount < 0) continue;
    const orderId = `o${o.id % 3}`;
    const held = best.get(orderId);
    if (!held || greater(o, held)) best.set(orderId, o);
  }
  return [...best]
    .filter(([, o]) => o.op === 'u')
    .map(([order_id, o]) => ({
      order_id,
      amount: o.amount,
      e: START + BigInt(o.eventDay) * DAY,
      u: START + BigInt(o.updatedDay) * DAY,
      _position: BigInt(o.position),
    }))
    .sort((a, b) => (a.order_id < b.order_id ? -1 : 1));
}

test('any order and any cut of the same observations gives the same table, that of the definition', {
  timeout: 2 * MINUTES,
}, async () => {
  await fc.assert(
    fc.asyncProperty(observations, fc.array(fc.nat({ max: 3 })), async (list, cuts) => {
      const groups: Observation[][] = [[], [], [], []];
      for (const [i, o] of list.entries()) groups[cuts[i % Math.max(1, cuts.length)] ?? 0]!.push(o);
      const table = new LocalTable();
      for (const group of groups) if (group.length > 0) await mergeInto(table, await bronzeFiles(group));
      expect(await content(table)).toEqual(expected(list));
      const whole = new LocalTable();
      if (list.length > 0) await mergeInto(whole, await bronzeFiles(list));
      const rowsOf = (t: LocalTable) => Object.fromEntries([...t.digests].filter(([, d]) => !d.startsWith('0-')));
      expect(rowsOf(table)).toEqual(rowsOf(whole));
      if (list.length === 0) return;
      await mergeInto(table, await bronzeFiles(list), { kind: 'remerge' });
      expect(await content(table)).toEqual(expected(list));
      expect(rowsOf(table)).toEqual(rowsOf(whole));
    }),
    { numRuns: 60 },
  );
});

test('merging the same partition again and rebuilding it change nothing', async () => {
  const table = new LocalTable();
  const files = await bronzeFiles([
    { id: 1, amount: 5, eventDay: 0, updatedDay: 0, position: 1, op: 'u' },
    { id: 4, amount: 6, eventDay: 1, updatedDay: 1, position: 2, op: 'u' },
    { id: 2, amount: -1, eventDay: 1, updatedDay: 1, position: 2, op: 'u' },
    { id: 3, amount: 7, eventDay: 1, updatedDay: 0, position: 1, op: 'u' },
  ]);
  const first = await mergeInto(table, files);
  expect(first.counts).toEqual({ rowsIn: 4, rowsOut: 2, quarantined: 1 });
  expect(first.quarantine.map((q) => [q.inputPartition, q.rows])).toEqual([['2026-11-02', 1]]);
  const quarantined = await session.rows<{ failed_checks: string; row_key: string; row: string }>(
    `SELECT * FROM '${first.quarantine[0]!.localPath}'`,
  );
  expect(quarantined[0]).toMatchObject({ failed_checks: 'amount_not_negative', row_key: 'o2' });
  expect(JSON.parse(quarantined[0]!.row)).toMatchObject({ id: 2, amount: -1, _position: 2 });

  const before = await content(table);
  const again = await mergeInto(table, files);
  expect(again.partitions).toEqual([]);
  const rebuilt = ['2026-11-01', '2026-11-02'];
  expect(await bronzePartitionsOf({ session, dataset: silver, current: table.files }, rebuilt)).toEqual([
    '2026-11-01',
    '2026-11-02',
  ]);
  const rebuild = await mergeInto(table, files, { kind: 'rebuild', partitions: rebuilt });
  expect(rebuild.partitions.map((p) => p.mode)).toEqual(['keep', 'keep']);
  expect(await content(table)).toEqual(before);
});

test('a join that finds two rows for one observation is refused', async () => {
  const files = await bronzeFiles([{ id: 1, amount: 5, eventDay: 0, updatedDay: 0, position: 1, op: 'u' }]);
  const twice = SQL.replace('FROM {{raw}} r', 'FROM {{raw}} r LEFT JOIN (VALUES (1), (1)) AS j(id) ON j.id = r.id');
  await expect(mergeInto(new LocalTable(), files, { kind: 'merge' }, twice)).rejects.toMatchObject({
    code: 'bad_definition',
    message: expect.stringContaining('2 rows of 1 observations'),
    hint: expect.stringContaining('for example for key o1'),
  });
});
