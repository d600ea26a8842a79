import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  applicationClock,
  bigint,
  cursor,
  key,
  postgres,
  snapshot,
  source,
  text,
  timestamp,
} from '../../core/builders.ts';
import type { Extraction as How } from '../../core/source.ts';
import type { ExtractRequest } from '../../sources/extraction.types.ts';
import { freshName, freshPostgres } from '../servers.fresh.ts';
import { describeWith } from '../servers.ts';
import { EVERYTHING, Extraction, READERS, scannerMissing } from './extraction.fixture.ts';

const byTime = cursor('at', applicationClock({ lateness: '1 hour' }));

await describeWith(['postgres'], 'chunks of a table', ({ postgresUrl }) => {
  let extraction: Extraction;
  let url: string;
  let client: pg.Client;

  beforeAll(async () => {
    extraction = await Extraction.open();
    url = await freshPostgres(postgresUrl);
    client = new pg.Client({ connectionString: url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await extraction.close();
  });
  beforeEach(() =>
    client.query('drop schema public cascade; create schema public; grant usage on schema public to public'),
  );

  const table = (how: How, relation = 't') =>
    source({
      name: 'bronze.t',
      description: 't',
      source: postgres('oltp'),
      relation,
      extraction: how,
      columns: { id: key(bigint()), at: timestamp(), v: text().nullable() },
    });

  /** Ids that were read, in order, with repeats; against the same question to PostgreSQL. */
  async function agrees(dataset: ReturnType<typeof table>, request: ExtractRequest, where: string, from = url) {
    const staged = await extraction.extract(dataset, request, from);
    const digest = "count(*) || ' ' || coalesce(sum(id), 0) || ' ' || count(distinct id)";
    const ours = await extraction.value(dataset, staged, `SELECT ${digest} FROM {{staged}}`);
    const { rows } = await client.query<{ d: string }>(`select ${digest} as d from ${dataset.relation} where ${where}`);
    expect(ours).toBe(rows[0]!.d);
    expect(staged.rows).toBe(Number(rows[0]!.d.split(' ')[0]));
    return staged;
  }

  it('by time: many rows of one moment stay together, and bounds belong to one side', async () => {
    await client.query(`
      create table t (id int8, at timestamptz not null, v text);
      insert into t select i, '2026-11-01'::timestamptz + (i % 7) * interval '1 hour', null from generate_series(1, 300000) i;
      insert into t select i, '2026-12-01'::timestamptz + i * interval '1 microsecond', null from generate_series(300001, 1500000) i;
      create index on t (at)`);
    await client.query('vacuum analyze t');
    const staged = await agrees(
      table(byTime),
      { lower: '2026-11-01T01:00:00.000000Z', upper: '2026-11-01T05:00:00.000000Z' },
      "at >= '2026-11-01 01:00+00' and at < '2026-11-01 05:00+00'",
    );
    expect(staged.uris.length).toBeGreaterThan(1);
    await agrees(
      table(byTime),
      { lower: '2026-12-01T00:00:00.400000Z', upper: '2026-12-01T00:00:00.600000Z' },
      "at >= '2026-12-01 00:00:00.4+00' and at < '2026-12-01 00:00:00.6+00'",
    );
    await agrees(
      table(byTime),
      { lower: '2026-12-01T00:00:01.300000Z', upper: null },
      "at >= '2026-12-01 00:00:01.3+00'",
    );
  });

  it('by place: dead rows, updated rows and a table of many pages', async () => {
    await client.query(`
      create table t (id int8 primary key, at timestamptz not null, v text);
      insert into t select i, now(), repeat('x', 500) from generate_series(1, 60000) i;
      delete from t where id % 5 = 0;
      update t set v = 'moved' where id % 7 = 0;
      insert into t select i, now(), null from generate_series(60001, 61000) i`);
    await client.query('analyze t');
    const staged = await agrees(table(snapshot()), EVERYTHING, 'true');
    expect(staged.uris.length).toBeGreaterThan(2);
  });

  it('a partitioned table, also where the role may not read its partitions by name', async () => {
    await client.query(`
      create table t (id int8, at timestamptz not null, v text) partition by range (at);
      create table t_1 partition of t for values from ('2026-11-01') to ('2026-12-01');
      create table t_2 partition of t for values from ('2026-12-01') to ('2027-01-01');
      create table t_rest partition of t default;
      create index on t (at);
      insert into t select i, '2026-11-01'::timestamptz + i * interval '1 minute', repeat('x', 400) from generate_series(1, 100000) i`);
    await client.query('analyze t');
    await agrees(table(snapshot()), EVERYTHING, 'true');
    await agrees(
      table(byTime),
      { lower: '2026-11-20T00:00:00.000000Z', upper: '2026-12-03T00:00:00.000000Z' },
      "at >= '2026-11-20 00:00+00' and at < '2026-12-03 00:00+00'",
    );
    const role = freshName('parent_only');
    await client.query(`create role ${role} login password 'x'; grant select on t to ${role}`);
    const address = new URL(url);
    [address.username, address.password] = [role, 'x'];
    await agrees(table(snapshot()), EVERYTHING, 'true', address.href);
    await client.query(`drop owned by ${role}; drop role ${role}`);
  });

  it('a role with rights to some columns and without ctid', async () => {
    const role = freshName('columns_only');
    await client.query(`
      create table t (id int8, at timestamptz, v text, secret text);
      insert into t select i, now(), 'v', 's' from generate_series(1, 1000) i;
      create role ${role} login password 'x'; grant select (id, at, v) on t to ${role}`);
    const address = new URL(url);
    [address.username, address.password] = [role, 'x'];
    await agrees(table(snapshot()), EVERYTHING, 'true', address.href);
    await client.query(`drop owned by ${role}; drop role ${role}`);
  });

  it('inheritance, a view and a materialized view', async () => {
    await client.query(`
      create table t (id int8, at timestamptz, v text);
      create table child () inherits (t);
      insert into t values (1, now(), 'parent');
      insert into child select i, now(), repeat('x', 800) from generate_series(2, 40000) i;
      create view seen as select * from t where id % 2 = 0;
      create materialized view kept as select * from t where id % 2 = 1`);
    await client.query('analyze');
    await agrees(table(snapshot()), EVERYTHING, 'true');
    await agrees(table(snapshot(), 'seen'), EVERYTHING, 'true');
    await agrees(table(snapshot(), 'kept'), EVERYTHING, 'true');
  });

  it('an empty table and a range without rows stage no file', async () => {
    await client.query('create table t (id int8, at timestamptz not null, v text)');
    for (const how of [snapshot(), byTime])
      expect(await agrees(table(how), EVERYTHING, 'true')).toMatchObject({ uris: [], rows: 0, bytes: 0 });
    await client.query("insert into t values (1, '2026-11-01', null)");
    const request = { lower: '2026-11-02T00:00:00.000000Z', upper: '2026-11-03T00:00:00.000000Z' };
    expect(await agrees(table(byTime), request, 'false')).toMatchObject({ uris: [], rows: 0 });
  });

  it('a date and a moment without zone as cursors', async () => {
    await client.query(
      "create table t (id int8, at timestamp not null, v date not null); insert into t select i, '2026-11-01'::timestamp + i * interval '1 hour', '2026-11-01'::date + i from generate_series(0, 99) i",
    );
    const request = { lower: '2026-11-02T00:30:00.000000Z', upper: '2026-11-04T00:00:00.000000Z' };
    await agrees(table(byTime), request, "at >= '2026-11-02 00:30' and at < '2026-11-04'");
    const byDay = source({
      name: 'bronze.t',
      description: 't',
      source: postgres('oltp'),
      relation: 't',
      extraction: cursor('day', applicationClock({ lateness: '1 day' })),
      sourceColumns: { day: 'v' },
      columns: { id: key(bigint()), day: text() },
    });
    const rows = await extraction.rows(byDay, await extraction.extract(byDay, request, url));
    expect(rows.map((row) => row.day)).toEqual(['2026-11-03']);
  });

  describe.each(READERS)('read by %s', (reader) => {
    const can = it.skipIf(reader === 'scanner' && scannerMissing);

    can('rows of many megabytes', async () => {
      await client.query('create table t (id int8, at timestamptz, v text)');
      for (const [id, megabytes] of [
        [1, 3],
        [2, 40],
        [3, 0],
        [4, 9],
      ] as const) {
        const value = `${randomBytes(megabytes * 2 ** 19).toString('hex')}"quoted"\nline`;
        await client.query('insert into t values ($1, now(), $2)', [id, value]);
      }
      const dataset = table(snapshot());
      const staged = await extraction.extract(dataset, EVERYTHING, url, { reader });
      const sums = "string_agg(id || ' ' || md5(v) || ' ' || length(v), ', ' order by id)";
      const { rows } = await client.query<{ s: string }>(`select ${sums} as s from t`);
      expect(await extraction.value(dataset, staged, `SELECT ${sums} FROM {{staged}}`)).toBe(rows[0]!.s);
    });

    can('a table of one column that is NULL or empty', async () => {
      await client.query("create table t (v text); insert into t values (null), (''), ('x'), (null), ('')");
      const dataset = source({
        name: 'bronze.t',
        description: 't',
        source: postgres('oltp'),
        relation: 't',
        extraction: snapshot(),
        columns: { v: text().nullable() },
      });
      const staged = await extraction.extract(dataset, EVERYTHING, url, { reader });
      expect((await extraction.rows(dataset, staged)).map((row) => row.v).sort()).toEqual(['', '', null, null, 'x']);
    });
  });
});
