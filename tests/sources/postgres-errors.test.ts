import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  applicationClock,
  bigint,
  boolean,
  cursor,
  databaseClock,
  date,
  decimal,
  double,
  integer,
  json,
  key,
  postgres,
  snapshot,
  source,
  text,
  timestamp,
} from '../../core/builders.ts';
import type { ColumnShape } from '../../core/column.ts';
import { StrataError } from '../../core/errors.ts';
import type { Extraction as How } from '../../core/source.ts';
import { freshName, freshPostgres } from '../servers.fresh.ts';
import { describeWith } from '../servers.ts';
import { EVERYTHING, Extraction, READERS, scannerMissing } from './extraction.fixture.ts';

const PASSWORD = 's3cret:p@ss word';

await describeWith(['postgres'], 'PostgreSQL errors', ({ postgresUrl }) => {
  let extraction: Extraction;
  let client: pg.Client;
  let url: string;
  let reader: { url: string; role: string };

  beforeAll(async () => {
    extraction = await Extraction.open();
    url = await freshPostgres(postgresUrl);
    client = new pg.Client({ connectionString: url });
    await client.connect();
    reader = await makeReader();
  });
  afterAll(async () => {
    await client.query(`drop owned by ${reader.role}; drop role ${reader.role}`);
    await client.end();
    await extraction.close();
  });
  beforeEach(() =>
    client.query('drop schema public cascade; create schema public; grant usage on schema public to public'),
  );

  async function makeReader() {
    const role = freshName('reader');
    await client.query(`create role ${role} login password '${PASSWORD}'`);
    const address = new URL(url);
    address.username = role;
    address.password = encodeURIComponent(PASSWORD);
    return { url: address.href, role };
  }

  const table = (columns: ColumnShape, how: How = snapshot(), relation = 'public.t', sourceColumns = {}) =>
    source({
      name: 'bronze.t',
      description: 't',
      source: postgres('oltp'),
      relation,
      extraction: how,
      columns,
      sourceColumns,
    });

  async function failure(promise: Promise<unknown>): Promise<StrataError> {
    const error = await promise.then(
      () => undefined,
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(StrataError);
    expect(JSON.stringify([error, (error as Error).message, (error as Error).cause])).not.toContain('s3cret');
    return error as StrataError;
  }

  describe.each(READERS)('read by %s, a value that its type cannot hold', (path) => {
    it.skipIf(path === 'scanner' && scannerMissing).each([
      ['NaN in a decimal', 'numeric(18,2)', "'NaN'", decimal(18, 2), 'NaN'],
      ['NaN in an unconstrained numeric', 'numeric', "'NaN'", decimal(18, 2), 'NaN'],
      ['infinity in a decimal', 'numeric', "'Infinity'", decimal(18, 2), 'Infinity'],
      ['more places than declared', 'numeric', '1.005', decimal(18, 2), '1.005'],
      ['more digits than declared', 'numeric(20,2)', '-12345678901234567.00', decimal(18, 2), '-12345678901234567.00'],
      ['a fraction in a bigint', 'numeric', '1.5', bigint(), '1.5'],
      ['a bigint in an integer', 'int8', '2147483648', integer(), '2147483648'],
      ['an infinite moment', 'timestamptz', "'infinity'", timestamp(), 'infinity'],
      ['an infinite moment without zone', 'timestamp', "'-infinity'", timestamp(), '-infinity'],
      ['an infinite day', 'date', "'-infinity'", date(), '-infinity'],
      ['a moment behind the last one', 'timestamptz', "'294276-01-01 00:00:00+00'", timestamp(), '294276-01-01'],
    ] as const)('%s is an error that names column and value', async (_, type, value, column, example) => {
      await client.query(
        `create table t (id int8, v ${type}); insert into t select i, null from generate_series(1, 5000) i`,
      );
      await client.query(`insert into t values (5001, ${value})`);
      const error = await failure(
        extraction.extract(table({ id: bigint(), v: column.nullable() }), EVERYTHING, url, { reader: path }),
      );
      expect(error).toMatchObject({ code: 'source_mismatch', kind: 'terminal' });
      expect(error.message).toContain('Column v');
      expect(error.message).toContain(example);
    });
  });

  it('a table that does not exist: the existing ones are named', async () => {
    await client.query(
      'create table payment (id int8); create schema if not exists other; create table if not exists other.x (id int)',
    );
    const error = await failure(extraction.extract(table({ id: bigint() }), EVERYTHING, url));
    expect(error).toMatchObject({ code: 'source_mismatch', message: expect.stringContaining('public.t') });
    expect(error.hint).toMatch(/public\.payment.*other\.x/);
  });

  it('columns that do not exist: all of them, and the existing ones', async () => {
    await client.query('create table t (id int8, amount numeric(18,2))');
    const error = await failure(
      extraction.extract(table({ id: bigint(), amuont: text(), b: text() }), EVERYTHING, url),
    );
    expect(error.code).toBe('source_mismatch');
    expect(error.message).toContain('amuont, b');
    expect(error.hint).toContain('amount numeric(18,2)');
  });

  it('types that cannot become the declared ones: all of them, with what would fit', async () => {
    await client.query('create table t (a text, b numeric(10,4), c timestamptz, d int8, e jsonb, f bool)');
    const columns = { a: bigint(), b: double(), c: date(), d: double(), e: json(), f: boolean() };
    const error = await failure(extraction.extract(table(columns), EVERYTHING, url));
    expect(error.code).toBe('source_mismatch');
    expect(error.hint).toContain('a is text, declared BIGINT: use text()');
    expect(error.hint).toContain('b is numeric(10,4), declared DOUBLE: use decimal(10, 4)');
    expect(error.hint).toContain('c is timestamp with time zone, declared DATE: use timestamp()');
    expect(error.hint).toContain('d is bigint, declared DOUBLE: use bigint()');
    expect(error.hint).not.toMatch(/\b[ef] is/);
  });

  it('a column the role may not read is named; the others are read without it', async () => {
    await client.query('create table t (id int8, secret text); insert into t values (1, $$x$$)');
    await client.query(`grant select (id) on t to ${reader.role}`);
    const error = await failure(extraction.extract(table({ id: bigint(), secret: text() }), EVERYTHING, reader.url));
    expect(error).toMatchObject({ code: 'access_denied', message: expect.stringContaining('secret') });
    expect((await extraction.extract(table({ id: bigint() }), EVERYTHING, reader.url)).rows).toBe(1);
  });

  it('rows that a policy hides are refused, not left out', async () => {
    await client.query(
      'create table t (id int8); insert into t values (1), (2); alter table t enable row level security',
    );
    await client.query(`create policy p on t using (id = 1); grant select on t to ${reader.role}`);
    expect((await failure(extraction.extract(table({ id: bigint() }), EVERYTHING, reader.url))).code).toBe(
      'access_denied',
    );
  });

  it('a database clock needs to see other sessions', async () => {
    await client.query(`create table t (id int8, at timestamptz not null); grant select on t to ${reader.role}`);
    const dataset = table({ id: bigint(), at: timestamp() }, cursor('at', databaseClock()));
    const error = await failure(extraction.extract(dataset, EVERYTHING, reader.url));
    expect(error).toMatchObject({ code: 'access_denied', hint: expect.stringContaining('pg_read_all_stats') });
  });

  it.each([
    ['NULL', 'null'],
    ['infinity', "'infinity'"],
    ['the year 10000', "'10000-01-01'"],
  ])('a cursor of %s would never be read, so it is an error', async (_, value) => {
    await client.query(`create table t (id int8, at timestamptz); insert into t values (1, now()), (2, ${value})`);
    const dataset = table({ id: bigint(), at: timestamp() }, cursor('at', applicationClock({ lateness: '1 hour' })));
    const error = await failure(extraction.extract(dataset, EVERYTHING, url));
    expect(error).toMatchObject({ code: 'source_mismatch', message: expect.stringContaining('cursor at') });
  });

  it('a cursor that is no time is refused', async () => {
    await client.query('create table t (id int8)');
    const dataset = table({ id: key(bigint()) }, cursor('id', applicationClock({ lateness: '1 hour' })));
    expect((await failure(extraction.extract(dataset, EVERYTHING, url))).code).toBe('bad_definition');
  });

  describe.each(READERS)('reached for %s', (path) => {
    const attempt = (change: (address: URL) => void) => {
      const address = new URL(reader.url);
      change(address);
      return failure(extraction.extract(table({ id: bigint() }), EVERYTHING, address.href, { reader: path }));
    };

    it('a wrong password, role or database is access denied', async () => {
      const local = (
        await client.query<{ auth: string }>(
          "select string_agg(auth_method, ',') as auth from pg_hba_file_rules where type <> 'local'",
        )
      ).rows[0]!.auth;
      if (!local.includes('trust')) {
        expect(
          (
            await attempt((a) => {
              a.password = 's3cret-wrong';
            })
          ).code,
        ).toBe('access_denied');
      }
      expect(
        (
          await attempt((a) => {
            a.username = 'nobody_here';
          })
        ).code,
      ).toBe('access_denied');
      const error = await attempt((a) => {
        a.pathname = '/no_such_database';
      });
      expect(error.code).toBe('access_denied');
      expect(error.message).toContain('no_such_database');
    });

    it('a server that is down is worth a retry, and named', async () => {
      const error = await attempt((a) => {
        a.port = '1';
      });
      expect(error).toMatchObject({ code: 'unreachable', kind: 'transient' });
      expect(error.where).toContain('127.0.0.1:1');
      expect(error.where).toContain('oltp');
      expect(error.hint).toContain('Start');
    });
  });

  it('nothing is left in the folder after a failure', async () => {
    const { readdir } = await import('node:fs/promises');
    await client.query(
      "create table t (id int8, v numeric); insert into t select i, i from generate_series(1, 200000) i; insert into t values (0, 'NaN'); analyze t",
    );
    const directory = extraction.fresh();
    await failure(extraction.extract(table({ id: bigint(), v: decimal(18, 2) }), EVERYTHING, url, { directory }));
    expect(await readdir(directory)).toEqual([]);
  });
});
