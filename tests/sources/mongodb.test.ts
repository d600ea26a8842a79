import { readdir } from 'node:fs/promises';
import { EJSON } from 'bson';
import { type Db, Decimal128, Double, Long, MongoClient, ObjectId, Timestamp } from 'mongodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { applicationClock, cursor, json, key, mongo, snapshot, source, text, timestamp } from '../../core/builders.ts';
import type { Extraction as How } from '../../core/source.ts';
import type { ExtractProgress } from '../../sources/extraction.types.ts';
import { cursorPieces, idPieces } from '../../sources/mongodb/pieces.ts';
import { freshName } from '../servers.fresh.ts';
import { describeWith } from '../servers.ts';
import { EVERYTHING, Extraction } from './extraction.fixture.ts';
import { FlakyProxy } from './flaky-proxy.ts';

const at = (iso: string) => new Date(iso);
const idAt = (iso: string, tail: number) =>
  new ObjectId(Math.floor(Date.parse(iso) / 1000).toString(16) + tail.toString(16).padStart(16, '0'));
const clock = applicationClock({ lateness: '1 hour' });

const reviews = (relation: string, extraction: How = cursor('updated_at', clock)) =>
  source({
    name: 'bronze.review',
    description: 'documents',
    source: mongo('app'),
    relation,
    extraction,
    sourceColumns: { id: '_id', raw_time: 'updated_at' },
    columns: {
      id: key(text()),
      rating: json().nullable(),
      message: json().nullable(),
      raw_time: json().nullable(),
      updated_at: timestamp(),
    },
  });

await describeWith(['mongodb'], 'MongoDB', ({ mongodbUrl }) => {
  let extraction: Extraction;
  let client: MongoClient;
  let db: Db;
  let url: string;

  beforeAll(async () => {
    extraction = await Extraction.open();
    client = await new MongoClient(mongodbUrl).connect();
    const address = new URL(mongodbUrl);
    address.pathname = `/${freshName('test')}`;
    url = address.href;
    db = client.db(address.pathname.slice(1));
  });
  afterAll(async () => {
    await db.dropDatabase();
    await client.close();
    await extraction.close();
  });

  /** A collection with an index behind the cursor. */
  async function collection(documents: object[]) {
    const made = db.collection(freshName('c'));
    await made.createIndex({ updated_at: 1 });
    if (documents.length > 0) await made.insertMany(documents);
    return made;
  }

  const WEIRD = [
    new Double(Number.NaN),
    new Double(4),
    Long.fromString('9007199254740993'),
    Decimal128.fromString('4.50'),
    ' 4 ',
    'five',
    '',
    null,
    [],
    {},
    [1, { a: 'x' }],
    'line\nbreak "quoted" \\ é 😀 שלום',
    '\u0000',
    true,
    new ObjectId('6ae681000000000000000001'),
    new Date(0),
  ];

  it.each([
    ['by cursor', cursor('updated_at', clock)],
    ['by snapshot', snapshot()],
  ])('%s every value arrives as the driver writes it', async (_, how) => {
    const documents = WEIRD.map((rating, i) => ({
      _id: idAt('2026-11-01T00:00:00Z', i),
      rating,
      ...(i % 2 ? { message: WEIRD[WEIRD.length - i] } : {}),
      updated_at: new Date(Date.UTC(2026, 10, 1) + i),
    }));
    const made = await collection(documents);
    const dataset = reviews(made.collectionName, how);
    const rows = await extraction.rows(dataset, await extraction.extract(dataset, EVERYTHING, url));
    const oracle = await made.find({}, { promoteValues: false, promoteLongs: false }).sort({ _id: 1 }).toArray();
    const canonical = (value: unknown) => (value === undefined ? null : EJSON.stringify(value, { relaxed: false }));
    expect(rows.map(({ id, rating, message, updated_at, _op }) => ({ id, rating, message, updated_at, _op }))).toEqual(
      oracle.map((d) => ({
        id: String(d._id),
        rating: canonical(d.rating),
        message: canonical(d.message),
        updated_at: BigInt((d.updated_at as Date).getTime()) * 1000n,
        _op: 'u',
      })),
    );
  });

  it('a range holds its lower bound and not its upper one', async () => {
    const made = await collection(
      Array.from({ length: 10 }, (_, i) => ({
        _id: idAt('2026-11-01T00:00:00Z', i),
        updated_at: new Date(Date.UTC(2026, 10, 1, i)),
      })),
    );
    const dataset = reviews(made.collectionName);
    const request = { lower: '2026-11-01T03:00:00.000000Z', upper: '2026-11-01T06:00:00.000000Z' };
    const staged = await extraction.extract(dataset, request, url);
    const rows = await extraction.rows(dataset, staged);
    expect(rows.map((row) => String(row.raw_time))).toHaveLength(3);
    expect(staged.coverage).toMatchObject({
      covered: { start: request.lower, end: request.upper },
      settledTo: request.upper,
    });
    const open = await extraction.extract(
      dataset,
      { lower: '2026-11-01T03:00:00.000001Z', upper: null, rangeEnd: '2026-11-02T00:00:00.000000Z' },
      url,
    );
    expect(open.rows).toBe(6);
    expect(open.coverage.settledTo).toBe('2026-11-01T08:00:00.000000Z');
  });

  it('cursors of other types, and none at all, are found and have one fixed place', async () => {
    const day = '2026-11-05T00:00:00Z';
    const odd: [unknown, string][] = [
      [at('2026-11-05T01:00:00Z'), '2026-11-05T01:00:00Z'],
      ['2026-11-05T04:00:00+02:00', '2026-11-05T02:00:00Z'],
      ['2026-11-09T00:00:00Z', 'outside'],
      [new Timestamp({ t: Date.parse('2026-11-05T03:00:00Z') / 1000, i: 1 }), '2026-11-05T03:00:00Z'],
      ['yesterday at noon', '2026-11-05T00:00:00Z'],
      [1234, '2026-11-05T00:00:00Z'],
      [Long.fromString('1793491200000'), '2026-11-05T00:00:00Z'],
      [null, '2026-11-05T00:00:00Z'],
      [undefined, '2026-11-05T00:00:00Z'],
      [[], '2026-11-05T00:00:00Z'],
      [[at('2026-11-05T01:00:00Z')], '2026-11-05T00:00:00Z'],
      [{ a: 1 }, '2026-11-05T00:00:00Z'],
      [new Date(8.64e15), '2026-11-05T00:00:00Z'],
      [at('2026-11-01T00:00:00Z'), 'outside'],
    ];
    const made = await collection(
      odd.map(([updated_at], i) => ({ _id: idAt(day, i), ...(updated_at === undefined ? {} : { updated_at }) })),
    );
    await made.insertOne({ _id: 'no ObjectId' as never, updated_at: 'never' });
    const dataset = reviews(made.collectionName);
    const staged = await extraction.extract(
      dataset,
      { lower: '2026-11-05T00:00:00.000000Z', upper: '2026-11-06T00:00:00.000000Z' },
      url,
    );
    const rows = await extraction.rows(dataset, staged);
    const expected = odd.flatMap(([, place], i) =>
      place === 'outside' ? [] : [[String(idAt(day, i)), BigInt(Date.parse(place)) * 1000n]],
    );
    expect(rows.map((row) => [row.id, row.updated_at])).toEqual([...expected, ['no ObjectId', 0n]]);
    expect(rows.find((row) => row.id === String(idAt(day, 4)))!.raw_time).toBe('"yesterday at noon"');
  });

  it('a document that moves while we read is seen, and its last version wins', async () => {
    const made = await collection(
      Array.from({ length: 3000 }, (_, i) => ({
        _id: idAt('2026-11-01T00:00:00Z', i),
        rating: 1,
        updated_at: new Date(Date.UTC(2026, 10, 1) + i * 1000),
      })),
    );
    const dataset = reviews(made.collectionName);
    let moved: Promise<unknown> | undefined;
    const heartbeat = ({ chunksDone }: ExtractProgress) => {
      if (chunksDone === 1)
        moved ??= made.updateMany(
          { _id: { $gte: idAt('2026-11-01T00:00:00Z', 10), $lt: idAt('2026-11-01T00:00:00Z', 20) } },
          { $set: { rating: 2, updated_at: at('2026-11-02T00:00:00Z') } },
        );
    };
    const staged = await extraction.extract(dataset, { lower: null, upper: null }, url, { heartbeat });
    await moved;
    const newest = await extraction.value(
      dataset,
      staged,
      `SELECT count(*) FROM (SELECT arg_max(rating, _position) AS r FROM {{staged}} GROUP BY id) WHERE r = '{"$numberInt":"2"}'`,
    );
    expect(newest).toBe(10n);
    expect(await extraction.value(dataset, staged, 'SELECT count(DISTINCT id) FROM {{staged}}')).toBe(3000n);
    // What was seen late is not settled by this look.
    expect(staged.coverage.settledTo < '2026-11-01T01:00:00.000000Z').toBe(true);
  });

  it('pieces hold each document once, with ids and cursors of every kind', async () => {
    const start = Date.UTC(2026, 10, 1);
    const made = await collection(
      Array.from({ length: 2000 }, (_, i) => ({
        _id: idAt(new Date(start + i * 60_000).toISOString(), i),
        updated_at: i % 100 === 0 ? 'some day' : new Date(start + (i % 500) * 60_000),
      })),
    );
    const others = [7, 'seven', { a: 7 }].map((_id) => ({ _id: _id as never, updated_at: at('2026-11-01') }));
    await made.insertMany(others);
    const greatest = new Date(start + 499 * 60_000);
    for (const pieces of [
      await idPieces(made, 2, 200),
      await cursorPieces(made, 'updated_at', EVERYTHING, greatest, 2, 200),
    ]) {
      expect(pieces.length).toBeGreaterThanOrEqual(8);
      const found = await Promise.all(pieces.map(({ filter }) => made.find(filter).project({ _id: 1 }).toArray()));
      expect(found.filter((documents) => documents.length > 0).length).toBeGreaterThan(6);
      const ids = found.flat().map((document) => String(document._id));
      expect([ids.length, new Set(ids).size]).toEqual([2003, 2003]);
    }
  });

  it('a connection cut on the way: read on behind the last document, each once', async () => {
    const made = await collection(
      Array.from({ length: 5000 }, (_, i) => ({
        _id: idAt('2026-11-01T00:00:00Z', i),
        message: 'x'.repeat(3000),
        updated_at: new Date(Date.UTC(2026, 10, 1) + i),
      })),
    );
    for (const how of [snapshot(), cursor('updated_at', clock)]) {
      // Behind the first reply of 8 MB, within the second.
      const proxy = await FlakyProxy.open(url, { everyBytes: 9_000_000, cuts: 1 });
      const dataset = reviews(made.collectionName, how);
      const staged = await extraction.extract(dataset, EVERYTHING, proxy.url);
      expect(proxy.left).toBe(0);
      const counts = "SELECT count(*) || ' ' || count(DISTINCT id) FROM {{staged}}";
      expect(await extraction.value(dataset, staged, counts)).toBe('5000 5000');
      await proxy.close();
    }
  });

  it('an empty collection and an empty range stage no file', async () => {
    const made = await collection([{ _id: idAt('2026-11-01T00:00:00Z', 1), updated_at: at('2026-11-01') }]);
    const request = { lower: '2026-11-02T00:00:00.000000Z', upper: '2026-11-03T00:00:00.000000Z' };
    expect(await extraction.extract(reviews(made.collectionName), request, url)).toMatchObject({
      uris: [],
      rows: 0,
      bytes: 0,
    });
    await made.deleteMany({});
    for (const how of [snapshot(), cursor('updated_at', clock)]) {
      expect(await extraction.extract(reviews(made.collectionName, how), EVERYTHING, url)).toMatchObject({
        uris: [],
        rows: 0,
      });
    }
  });

  it('a collection that does not exist is an error that names the others, not an empty table', async () => {
    const made = await collection([{}]);
    const attempt = extraction.extract(reviews('customer_reveiw', snapshot()), EVERYTHING, url);
    await expect(attempt).rejects.toMatchObject({
      code: 'source_mismatch',
      hint: expect.stringContaining(made.collectionName),
    });
  });

  it('a value that does not fit leaves nothing behind', async () => {
    const made = await collection([
      { updated_at: at('2026-11-01'), n: 1 },
      { updated_at: at('2026-11-01'), n: 'many' },
    ]);
    const dataset = source({
      name: 'bronze.n',
      description: 'n',
      source: mongo('app'),
      relation: made.collectionName,
      extraction: snapshot(),
      columns: { n: timestamp() },
    });
    const directory = extraction.fresh();
    await expect(extraction.extract(dataset, EVERYTHING, url, { directory })).rejects.toMatchObject({
      code: 'source_mismatch',
      kind: 'terminal',
    });
    expect(await readdir(directory)).toEqual([]);
  });

  it('a server that is down is worth a retry; no password is printed', async () => {
    const address = new URL(url);
    [address.port, address.username, address.password] = ['1', 'reader', 's3cret'];
    address.searchParams.set('serverSelectionTimeoutMS', '300');
    const error = await extraction.extract(reviews('x'), EVERYTHING, address.href).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'unreachable', kind: 'transient', where: expect.stringContaining('app') });
    expect(JSON.stringify([error, (error as Error).message])).not.toContain('s3cret');
  });

  it('an abort ends the reading', async () => {
    const made = await collection(Array.from({ length: 1000 }, (_, i) => ({ _id: idAt('2026-11-01T00:00:00Z', i) })));
    const controller = new AbortController();
    const directory = extraction.fresh();
    const running = extraction.extract(reviews(made.collectionName, snapshot()), EVERYTHING, url, {
      signal: controller.signal,
      directory,
      heartbeat: ({ chunks }) => chunks > 0 && controller.abort(),
    });
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readdir(directory)).toEqual([]);
  });
});
