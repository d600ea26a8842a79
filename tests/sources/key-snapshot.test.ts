import { MongoClient } from 'mongodb';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  applicationClock,
  cursor,
  databaseClock,
  integer,
  key,
  mongo,
  postgres,
  source,
  text,
  timestamp,
} from '../../core/builders.ts';
import type { SourceDataset } from '../../core/dataset.ts';
import type { Staged } from '../../core/ports.ts';
import type { Clock } from '../../core/source.ts';
import { readParquet } from '../../engine/sql-text.ts';
import { checkSource } from '../../sources/check-source.ts';
import { keyColumns } from '../../transform/observe-keys.ts';
import { freshName, freshPostgres } from '../servers.fresh.ts';
import { describeWith } from '../servers.ts';
import { Extraction, READERS, scannerMissing } from './extraction.fixture.ts';

const application = applicationClock({ lateness: '1 hour' });
const LOOK = {
  lower: '2026-11-02T00:00:00.000000Z',
  upper: '2026-11-03T00:00:00.000000Z',
  rangeEnd: '2026-11-03T00:00:00.000000Z',
  keys: true,
} as const;
const declared = {
  name: 'bronze.subscription',
  description: 'some are deleted',
  relation: 'subscription',
  columns: { tenant: key(text()), plan: text(), id: key(integer()), updated_at: timestamp() },
};
const table = (clock: Clock = application) =>
  source({
    ...declared,
    source: postgres('shop'),
    extraction: cursor('updated_at', clock, { deletes: 'key-snapshot' }),
    ignored: ['secret'],
  });
const documents = source({
  ...declared,
  source: mongo('app'),
  extraction: cursor('updated_at', application, { deletes: 'key-snapshot' }),
});

/** The staged keys, as text. */
async function keysOf(extraction: Extraction, dataset: SourceDataset, staged: Staged): Promise<string[]> {
  await using session = await extraction.openSession();
  const from = readParquet(staged.keys?.uris ?? [], keyColumns(dataset));
  const rows = await session.rows<{ k: string }>(
    `SELECT concat_ws(' ', tenant, id, strftime(make_timestamp(epoch_us(updated_at)), '%d %H')) AS k FROM ${from} ORDER BY k`,
  );
  return rows.map(({ k }) => k);
}

const ROWS = [
  ['a', 1, 'basic', '2026-11-01T10:00:00Z'],
  ['a', 2, 'gold', '2026-11-02T10:00:00Z'],
  ['b', 1, 'gold', '2026-11-03T10:00:00Z'],
] as const;
const KEYS = ['a 1 01 10', 'a 2 02 10', 'b 1 03 10'];

await describeWith(['postgres'], 'keys of a PostgreSQL table', ({ postgresUrl }) => {
  let extraction: Extraction;
  let db: pg.Client;
  let url: string;
  beforeAll(async () => {
    extraction = await Extraction.open();
    url = await freshPostgres(postgresUrl);
    db = new pg.Client({ connectionString: url });
    await db.connect();
    await db.query(
      'create table subscription (tenant text, id int, plan text, secret text, updated_at timestamptz not null, primary key (tenant, id))',
    );
    for (const [tenant, id, plan, at] of ROWS)
      await db.query('insert into subscription values ($1, $2, $3, null, $4)', [tenant, id, plan, at]);
  });
  afterAll(async () => {
    await db.end();
    await extraction.close();
  });

  for (const reader of READERS) {
    it.skipIf(reader === 'scanner' && scannerMissing)(`are all read beside the range, by the ${reader}`, async () => {
      const dataset = table();
      const staged = await extraction.extract(dataset, LOOK, url, { reader });
      expect((await extraction.rows(dataset, staged)).map((row) => row.plan)).toEqual(['gold']);
      expect(await keysOf(extraction, dataset, staged)).toEqual(KEYS);
      // On the application's clock, behind every cursor that was seen.
      expect(staged.keys?.at).toBe('2026-11-03T10:00:00.000001Z');
      const plain = await extraction.extract(dataset, { ...LOOK, keys: false }, url, { reader });
      expect(plain.keys).toBeUndefined();
    });
  }

  it("on the database's clock the time is the look's own", async () => {
    const staged = await extraction.extract(table(databaseClock()), LOOK, url);
    expect(staged.keys?.at).toBe(staged.coverage.observedAt);
  });

  it('an empty table has no keys, which says that all are gone', async () => {
    await db.query('create table nothing (like subscription including all)');
    const staged = await extraction.extract({ ...table(), relation: 'nothing' }, LOOK, url);
    expect(staged.keys?.uris).toEqual([]);
  });

  it('columns that nobody declares are named, those left out on purpose are not', async () => {
    expect(await checkSource(table(), { url })).toEqual([]);
    await db.query('alter table subscription add column trial_until date');
    expect(await checkSource(table(), { url })).toEqual(['trial_until date']);
    expect((await extraction.extract(table(), LOOK, url)).undeclared).toEqual(['trial_until date']);
    await expect(checkSource({ ...table(), relation: 'subscriptions' }, { url })).rejects.toMatchObject({
      code: 'source_mismatch',
      hint: expect.stringContaining('public.subscription'),
    });
  });
});

await describeWith(['mongodb'], 'keys of a MongoDB collection', ({ mongodbUrl }) => {
  let extraction: Extraction;
  let client: MongoClient;
  let url: string;
  beforeAll(async () => {
    extraction = await Extraction.open();
    const address = new URL(mongodbUrl);
    address.pathname = `/${freshName('keys')}`;
    url = address.href;
    client = await new MongoClient(url).connect();
    const rows = ROWS.map(([tenant, id, plan, at]) => ({ tenant, id, plan, updated_at: new Date(at) }));
    await client.db().collection('subscription').insertMany(rows);
  });
  afterAll(async () => {
    await client.db().dropDatabase();
    await client.close();
    await extraction.close();
  });

  it('are all read beside the range', async () => {
    const staged = await extraction.extract(documents, LOOK, url);
    expect((await extraction.rows(documents, staged)).map((row) => row.plan)).toEqual(['gold']);
    expect(await keysOf(extraction, documents, staged)).toEqual(KEYS);
  });

  it('fields that nobody declares are found in the newest documents', async () => {
    expect(await checkSource(documents, { url })).toEqual([]);
    const late = { tenant: 'c', id: 1, plan: 'gold', updated_at: new Date(ROWS[0][3]), coupon: 'x' };
    await client.db().collection('subscription').insertOne(late);
    expect(await checkSource(documents, { url })).toEqual(['coupon']);
    expect((await extraction.extract(documents, LOOK, url)).undeclared).toEqual(['coupon']);
  });
});
