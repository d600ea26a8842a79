import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applicationClock, cursor, integer, key, postgres, source, text, timestamp } from '../../core/builders.ts';
import { type Instant, instant } from '../../core/instant.ts';
import { lakeColumns } from '../../core/lake-columns.ts';
import { openSession, type Session } from '../../engine/session.ts';
import { readParquet } from '../../engine/sql-text.ts';
import { missedBehindCursor, type ObserveInput, observe } from '../../transform/observe.ts';
import { surveyStaged } from '../../transform/staged-files.ts';
import { fullRun } from '../full-run.ts';
import { LocalTable } from './local-table.ts';

const subscriptions = source({
  name: 'bronze.subscription',
  description: 'subscriptions, some of them deleted for good',
  source: postgres('shop'),
  relation: 'subscription',
  extraction: cursor('updated_at', applicationClock({ lateness: '0 seconds' }), {
    deletes: 'key-snapshot',
    holdAbove: 0.5,
  }),
  columns: { id: key(integer()), plan: text(), updated_at: timestamp() },
});

let session: Session;
let folder: string;
let n = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-observe-keys-'));
  session = await openSession({ memoryLimit: '512MB', threads: 1 });
});
afterAll(async () => {
  await session.close();
  await rm(folder, { recursive: true });
});

interface SourceRow {
  readonly plan: string;
  readonly at: Instant;
}
type SourceTable = ReadonlyMap<number, SourceRow>;

async function stage(columns: string, rows: readonly string[], position: number, seen: Instant): Promise<string[]> {
  if (rows.length === 0) return [];
  const uri = join(folder, `${n++}.parquet`);
  const stamps = `'u' AS _op, ${position}::BIGINT AS _position, TIMESTAMPTZ '${seen}' AS _observed_at`;
  await session.run(`COPY (SELECT ${columns}, ${stamps} FROM (VALUES ${rows.join(', ')}) t) TO '${uri}'`);
  return [uri];
}

/** A look at the whole source, of which the cursor brings the rows from `lower` on. */
async function inputOf(
  lake: LocalTable,
  rows: SourceTable,
  position: number,
  lower: Instant,
  at: Instant,
): Promise<ObserveInput> {
  const moved = [...rows].filter(([, row]) => row.at >= lower);
  const uris = await stage(
    'col0::INTEGER AS id, col1 AS plan, col2::TIMESTAMPTZ AS updated_at',
    moved.map(([id, { plan, at }]) => `(${id}, '${plan}', '${at}')`),
    position,
    at,
  );
  const keys = await stage(
    'col0::INTEGER AS id, col1::TIMESTAMPTZ AS updated_at',
    [...rows].map(([id, { at }]) => `(${id}, '${at}')`),
    position,
    at,
  );
  return {
    session,
    dataset: subscriptions,
    staged: uris.length > 0 ? await surveyStaged(session, subscriptions, uris) : [],
    existing: lake.files,
    digests: lake.digests,
    directory: folder,
    keys: { uris: keys, position: String(position), observedAt: at, at },
  };
}

/** As an ingest does it: where keys show rows that the cursor did not bring, from there again. */
async function look(lake: LocalTable, rows: SourceTable, position: number, lower: Instant, at: Instant) {
  const settled = [{ start: instant('2026-11-01'), end: lower }];
  let input = await inputOf(lake, rows, position, lower, at);
  const missed = await missedBehindCursor(input, settled, null);
  if (missed !== undefined) input = await inputOf(lake, rows, position, missed, at);
  const output = await observe(input);
  lake.apply(output);
  return { output, missed };
}

const bronze = (lake: LocalTable) =>
  readParquet(
    lake.files.map((f) => f.uri),
    lakeColumns(subscriptions),
  );

const rowsOf = async (lake: LocalTable) =>
  (
    await session.rows<{ t: string }>(
      `SELECT concat_ws(' ', id, plan, strftime(make_timestamp(epoch_us(updated_at)), '%d %H:%M:%S.%f'), _op, _position) AS t FROM ${bronze(lake)} ORDER BY _position, id`,
    )
  ).map(({ t }) => t);

/** What bronze says the source holds: per key the newest observation, by the order of looks. */
const aliveOf = async (lake: LocalTable) =>
  (
    await session.rows<{ t: string }>(
      `SELECT concat_ws(' ', id, plan, epoch_us(updated_at)) AS t FROM (
         SELECT * FROM ${bronze(lake)} QUALIFY row_number() OVER (PARTITION BY id ORDER BY _position DESC, _op) = 1)
       WHERE _op <> 'd' ORDER BY id`,
    )
  ).map(({ t }) => t);

/** As WAL positions are: DuckDB stores and joins great numbers in another way than small ones. */
const FIRST_POSITION = 31_000_000_000;

const day = (d: number, time = '10:00:00'): Instant => instant(`2026-11-0${d}T${time}Z`);

test('a key that is gone becomes a deletion with its last values, in the partition of the look', async () => {
  const lake = new LocalTable();
  const [one, two, three] = ['a', 'b', 'c'].map((plan) => ({ plan, at: day(1) })) as [SourceRow, SourceRow, SourceRow];
  await look(
    lake,
    new Map([
      [1, one],
      [2, two],
      [3, three],
    ]),
    1,
    day(1),
    day(2, '02:00:00'),
  );
  const rest = new Map([
    [1, one],
    [3, { plan: 'C', at: day(2) }],
  ]);
  const { output } = await look(lake, rest, 2, day(2, '00:00:00'), day(3, '02:00:00'));
  expect(output.partitions.map((p) => [p.partition, p.rows])).toEqual([
    ['2026-11-02', 1],
    ['2026-11-03', 1],
  ]);
  expect((await rowsOf(lake)).slice(3)).toEqual(['2 b 03 02:00:00.000000 d 2', '3 C 02 10:00:00.000000 u 2']);
  const again = await look(lake, rest, 3, day(3), day(4, '02:00:00'));
  expect(again.output.partitions).toEqual([]);
});

test('a row written again under its old time is news, and is found though no cursor shows it', async () => {
  const lake = new LocalTable();
  const rows = new Map([
    [1, { plan: 'a', at: day(1) }],
    [2, { plan: 'b', at: day(1) }],
  ]);
  await look(lake, rows, 1, day(1), day(2, '02:00:00'));
  await look(lake, new Map([...rows].slice(0, 1)), 2, day(2), day(3, '02:00:00'));
  const restored = await look(lake, rows, 3, day(3), day(4, '02:00:00'));
  expect(restored.missed).toBe(day(1));
  expect(await rowsOf(lake)).toEqual([
    '1 a 01 10:00:00.000000 u 1',
    '2 b 01 10:00:00.000000 u 1',
    '2 b 03 02:00:00.000000 d 2',
    '2 b 01 10:00:00.000000 u 3',
  ]);
  expect((await look(lake, rows, 4, day(4), day(5))).output.partitions).toEqual([]);
});

test('more deletions than allowed wait for a person, and nothing is written', async () => {
  const lake = new LocalTable();
  const rows = new Map([1, 2, 3].map((id) => [id, { plan: 'a', at: day(1) }]));
  await look(lake, rows, 1, day(1), day(2));
  await expect(look(lake, new Map([...rows].slice(0, 1)), 2, day(2), day(3))).rejects.toMatchObject({
    code: 'held',
    message: expect.stringContaining('2 of 3 keys (67 %)'),
    hint: expect.stringContaining('holdAbove'),
  });
  await expect(look(lake, new Map(), 2, day(2), day(3))).rejects.toMatchObject({ code: 'held' });
  expect(await rowsOf(lake)).toHaveLength(3);
});

test('a cursor ahead of the look: the deletion still lies behind the row it ends', async () => {
  const lake = new LocalTable();
  const kept = { plan: 'a', at: day(1) };
  await look(
    lake,
    new Map([
      [1, kept],
      [2, { plan: 'b', at: day(9) }],
    ]),
    1,
    day(1),
    day(2),
  );
  await look(lake, new Map([[1, kept]]), 2, day(2), day(3));
  expect((await rowsOf(lake)).at(-1)).toBe('2 b 09 10:00:00.000001 d 2');
});

test('whatever is inserted, changed, deleted and written again: bronze ends at what the source holds', async () => {
  for (let seed = 1; seed <= (fullRun ? 40 : 6); seed++) {
    let state = seed;
    const random = (below: number) => {
      state = (state * 1103515245 + 12345) % 2147483648;
      return Math.floor((state / 2147483648) * below);
    };
    const lake = new LocalTable();
    const rows = new Map<number, SourceRow>(
      Array.from({ length: 8 }, (_, id) => [id + 100, { plan: 'x', at: day(1) }]),
    );
    const graveyard = new Map<number, SourceRow>();
    let lower = day(1);
    for (let step = 1; step <= 8; step++) {
      const now = day(step);
      for (let i = 0; i < 3; i++) {
        const id = random(5);
        const row = rows.get(id);
        const dead = graveyard.get(id);
        if (row && random(2) === 0) {
          rows.delete(id);
          graveyard.set(id, row);
        } else if (dead && random(2) === 0) rows.set(id, dead);
        else rows.set(id, { plan: `p${random(3)}`, at: now });
      }
      await look(lake, rows, FIRST_POSITION + step, lower, day(step, '23:00:00'));
      lower = day(step, '09:00:00');
      const expected = [...rows].sort(([a], [b]) => a - b);
      expect(await aliveOf(lake), `seed ${seed}, step ${step}`).toEqual(
        expected.map(([id, { plan, at }]) => `${id} ${plan} ${Date.parse(`${at.slice(0, 23)}Z`)}000`),
      );
    }
  }
});
