import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { cursor, databaseClock, key, postgres, source, text, timestamp } from '../../core/builders.ts';
import { type Instant, instantFromMicros, microsOf } from '../../core/instant.ts';
import { APPLICATION, openSnapshot } from '../../sources/postgres/snapshot.ts';
import { freshPostgres } from '../servers.fresh.ts';
import { describeWith } from '../servers.ts';
import { Extraction } from './extraction.fixture.ts';

const SKEW_MICROS = 2_000_000n;

const orders = source({
  name: 'bronze.order',
  description: 'rows with their transaction as clock',
  source: postgres('shop'),
  relation: 'orders',
  extraction: cursor('updated_at', databaseClock({ skew: '2 seconds' })),
  columns: { id: key(text()), updated_at: timestamp() },
});

await describeWith(['postgres'], 'late commits on the database clock', ({ postgresUrl }) => {
  let extraction: Extraction;
  let url: string;
  let client: pg.Client;
  let other: pg.Client;

  beforeAll(async () => {
    extraction = await Extraction.open();
    url = await freshPostgres(postgresUrl);
    [client, other] = [new pg.Client({ connectionString: url }), new pg.Client({ connectionString: url })];
    await client.connect();
    await other.connect();
    await client.query('create table orders (id text primary key, updated_at timestamptz not null default now())');
  });
  beforeEach(() => client.query('truncate orders'));
  afterEach(() => other.query('rollback').catch(() => {}));
  afterAll(async () => {
    await client.end();
    await other.end();
    await extraction.close();
  });

  const ids = async (lower: Instant | null) => {
    const staged = await extraction.extract(orders, { lower, upper: null }, url);
    return { staged, ids: (await extraction.rows(orders, staged)).map((row) => row.id) };
  };
  const dbNow = async (from: pg.Client): Promise<Instant> => {
    const { rows } = await from.query<{ m: string }>('select (extract(epoch from now()) * 1000000)::int8::text as m');
    return instantFromMicros(BigInt(rows[0]!.m));
  };

  it('a transaction held open over a look is found by the next one', async () => {
    await other.query('begin');
    const began = await dbNow(other);
    await other.query("insert into orders (id) values ('late')");
    await client.query("insert into orders (id) values ('early')");
    const first = await ids(null);
    expect(first.ids).toEqual(['early']);
    // 'late' will carry a time before 'early', which has been read.
    expect(microsOf(first.staged.coverage.settledTo)).toBeLessThanOrEqual(microsOf(began) - SKEW_MICROS);
    await other.query('commit');
    const second = await ids(first.staged.coverage.settledTo);
    expect(second.ids).toEqual(['early', 'late']);
    expect(
      second.staged.coverage.settledTo > began ||
        microsOf(second.staged.coverage.settledTo) > microsOf(began) - SKEW_MICROS,
    ).toBe(true);
  });

  it('one that has only read so far counts too: it may write later with its old time', async () => {
    await other.query('begin');
    const began = await dbNow(other);
    const { staged } = await ids('2026-01-01T00:00:00.000000Z');
    expect(microsOf(staged.coverage.settledTo)).toBeLessThanOrEqual(microsOf(began) - SKEW_MICROS);
    await other.query("insert into orders (id) values ('late'); commit");
    expect((await ids(staged.coverage.settledTo)).ids).toEqual(['late']);
  });

  it('a prepared transaction hides when it began, so nothing becomes settled', async () => {
    await other.query("begin; insert into orders (id) values ('prepared'); prepare transaction 'strata_test'");
    try {
      await client.query("insert into orders (id) values ('early')");
      const lower = '2026-01-01T00:00:00.000000Z';
      const { staged } = await ids(lower);
      expect(staged.coverage.settledTo).toBe(lower);
    } finally {
      await client.query("commit prepared 'strata_test'");
    }
    expect((await ids(null)).ids).toEqual(['early', 'prepared']);
  });

  it('other extractions, which only read, hold nothing back', async () => {
    const held = await openSnapshot({ url }, orders, `${APPLICATION} other`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const between = await dbNow(client);
    const { staged } = await ids(null);
    expect(microsOf(staged.coverage.settledTo) + SKEW_MICROS).toBeGreaterThanOrEqual(microsOf(between));
    await held.client.end();
  });

  it('covers up to the snapshot, not into the future', async () => {
    const start = await dbNow(client);
    const upper = instantFromMicros(microsOf(start) + 3_600_000_000n);
    const staged = await extraction.extract(orders, { lower: '2026-01-01T00:00:00.000000Z', upper }, url);
    expect(staged.coverage.covered.start).toBe('2026-01-01T00:00:00.000000Z');
    expect(staged.coverage.covered.end >= start && staged.coverage.covered.end < upper).toBe(true);
  });
});
