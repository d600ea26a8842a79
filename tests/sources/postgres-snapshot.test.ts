import { readdir } from 'node:fs/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bigint, key, postgres, snapshot, source, text } from '../../core/builders.ts';
import type { ExtractProgress } from '../../sources/extraction.types.ts';
import { APPLICATION, openSnapshot, underSnapshot } from '../../sources/postgres/snapshot.ts';
import { freshPostgres } from '../servers.fresh.ts';
import { describeWith } from '../servers.ts';
import { EVERYTHING, Extraction, READERS, scannerMissing } from './extraction.fixture.ts';

const ACCOUNTS = 40_000;
const TOTAL = ACCOUNTS * 100;

const accounts = source({
  name: 'bronze.account',
  description: 'money that only ever moves',
  source: postgres('bank'),
  relation: 'public.account',
  extraction: snapshot(),
  columns: { id: key(bigint()), balance: bigint(), padding: text() },
});

const slow = source({
  name: 'bronze.slow',
  description: 'a query that takes minutes',
  source: postgres('bank'),
  relation: 'public.slow',
  extraction: snapshot(),
  columns: { id: key(bigint()), nap: text() },
});

await describeWith(['postgres'], 'one snapshot', ({ postgresUrl }) => {
  let extraction: Extraction;
  let client: pg.Client;
  let url: string;

  beforeAll(async () => {
    extraction = await Extraction.open();
    url = await freshPostgres(postgresUrl);
    client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`
      create table account (id int8 primary key, balance int8 not null, padding text not null);
      alter table account alter padding set storage plain;
      insert into account select i, 100, repeat(md5(i::text), 30) from generate_series(1, ${ACCOUNTS}) i;
      create view slow as select i::int8 as id, pg_sleep(0.01)::text as nap from generate_series(1, 100000) i;
      analyze account`);
  });
  afterAll(async () => {
    await client.end();
    await extraction.close();
  });

  /** Moves money about until stopped; every commit keeps the total. */
  function transfers() {
    let running = true;
    let commits = 0;
    const done = (async () => {
      const writer = new pg.Client({ connectionString: url });
      await writer.connect();
      while (running) {
        const from = 1 + Math.floor(Math.random() * ACCOUNTS);
        const to = ACCOUNTS + 1 - from;
        await writer.query(
          `update account set balance = balance + case when id = ${from} then -1 else 1 end where id in (${from}, ${to}) and ${from} <> ${to}`,
        );
        commits++;
      }
      await writer.end();
    })();
    return {
      get commits() {
        return commits;
      },
      stop: async () => {
        running = false;
        await done;
      },
    };
  }

  const ours = (condition: string) =>
    client.query(
      `select pid from pg_stat_activity where application_name like '${APPLICATION}%' and datname = current_database() and ${condition}`,
    );

  describe.each(READERS)('read by %s', (reader) => {
    const can = it.skipIf(reader === 'scanner' && scannerMissing);

    can('chunks on two connections see the same moment while a writer goes on', async () => {
      const writer = transfers();
      const before = writer.commits;
      const staged = await extraction.extract(accounts, EVERYTHING, url, { reader });
      expect(writer.commits - before).toBeGreaterThan(20);
      await writer.stop();
      expect(staged.uris.length).toBeGreaterThanOrEqual(4);
      const sum = await extraction.value(accounts, staged, 'SELECT sum(balance)::BIGINT FROM {{staged}}');
      expect(sum).toBe(BigInt(TOTAL));
      expect(await extraction.value(accounts, staged, 'SELECT count(DISTINCT id) FROM {{staged}}')).toBe(
        BigInt(ACCOUNTS),
      );
    });

    can.each([
      ['a reading connection', 'pid = any (newest)'],
      ['the connection that holds the snapshot', 'pid = any (oldest)'],
      ['every connection', 'true'],
    ])('%s killed on the way: all is read again under a new snapshot', async (_, which) => {
      const writer = transfers();
      let killed = 0;
      const heartbeat = ({ chunksDone }: ExtractProgress) => {
        if (chunksDone === 0 || killed !== 0) return;
        killed = -1;
        void client
          .query(
            `with ours as (select pid, backend_start from pg_stat_activity
               where application_name like '${APPLICATION}%' and datname = current_database() and state <> 'idle'),
             ends as (select array(select pid from ours order by backend_start limit 1) as oldest,
               array(select pid from ours order by backend_start desc limit 1) as newest)
             select pg_terminate_backend(pid) from ours, ends where ${which}`,
          )
          .then((result) => {
            killed = result.rowCount ?? 0;
          });
      };
      const staged = await extraction.extract(accounts, EVERYTHING, url, { reader, heartbeat, attempts: 5 });
      await writer.stop();
      expect(killed).toBeGreaterThan(0);
      const one = 'SELECT count(DISTINCT _position) FROM {{staged}}';
      expect(await extraction.value(accounts, staged, one)).toBe(1n);
      expect(await extraction.value(accounts, staged, 'SELECT sum(balance)::BIGINT FROM {{staged}}')).toBe(
        BigInt(TOTAL),
      );
      expect(await extraction.value(accounts, staged, 'SELECT count(*) FROM {{staged}}')).toBe(BigInt(ACCOUNTS));
    });

    can('killed at every try it fails as worth a retry and leaves nothing', async () => {
      const directory = extraction.fresh();
      let snapshots = 0;
      const heartbeat = ({ chunksDone }: ExtractProgress) => {
        if (chunksDone > 0) return;
        snapshots++;
        void client.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where application_name like '${APPLICATION}%' and datname = current_database()`,
        );
      };
      const attempt = extraction.extract(slow, EVERYTHING, url, { reader, heartbeat, attempts: 2, directory });
      await expect(attempt).rejects.toMatchObject({ name: 'StrataError', kind: 'transient' });
      expect(snapshots).toBeGreaterThanOrEqual(2);
      expect(await readdir(directory)).toEqual([]);
    });

    can('an abort ends the queries on the server at once', async () => {
      const controller = new AbortController();
      const directory = extraction.fresh();
      const running = extraction.extract(slow, EVERYTHING, url, { reader, signal: controller.signal, directory });
      running.catch(() => {});
      await expect.poll(async () => (await ours("state = 'active'")).rowCount, { timeout: 10_000 }).toBeGreaterThan(0);
      const asked = Date.now();
      controller.abort(new Error('the workflow was cancelled'));
      await expect(running).rejects.toMatchObject({ code: 'cancelled', kind: 'terminal' });
      expect(Date.now() - asked).toBeLessThan(10_000);
      await expect.poll(async () => (await ours('true')).rowCount, { timeout: 5_000 }).toBe(0);
      expect(await readdir(directory)).toEqual([]);
    });
  });

  it('an abort before the start reads nothing', async () => {
    const attempt = extraction.extract(accounts, EVERYTHING, url, { signal: AbortSignal.abort() });
    await expect(attempt).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('a query that would run under another snapshot fails', async () => {
    const taken = await openSnapshot({ url }, accounts, `${APPLICATION} test`);
    const query = `select count(*) from public.account where ${underSnapshot(taken)}`;
    expect((await taken.client.query(query)).rows[0].count).toBe(String(ACCOUNTS));
    await client.query('update account set balance = balance where id = 1');
    await expect(client.query(query)).rejects.toThrow('strata_snapshot_lost');
    await taken.client.end();
  });

  it('positions grow from one snapshot to the next', async () => {
    const first = await openSnapshot({ url }, accounts, `${APPLICATION} test`);
    await client.query('update account set balance = balance where id = 1');
    const second = await openSnapshot({ url }, accounts, `${APPLICATION} test`);
    expect(BigInt(second.position)).toBeGreaterThan(BigInt(first.position));
    await first.client.end();
    await second.client.end();
  });
});
