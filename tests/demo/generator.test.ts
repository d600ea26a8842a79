import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Generator } from '../../demo/generator/generator.ts';
import { createWorld } from '../../demo/generator/world.ts';
import { writeDocuments } from '../../demo/generator/write-documents.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { openSources, type SourceDatabase, type Sources } from './sources.fixture.ts';
import { digestOf } from './table-digest.ts';

await describeWith(['postgres', 'mongodb'], 'the generator', (addresses) => {
  const SIZE = { start: '2026-11-01', rowsPerDay: 300, hugeDocumentBytes: 50_000 };
  const dates = (count: number) =>
    Array.from({ length: count }, (_, day) => `2026-11-${String(day + 1).padStart(2, '0')}`);

  let sources: Sources;
  beforeAll(async () => {
    sources = await openSources(addresses);
  });
  afterAll(() => sources?.close());

  async function live(database: SourceDatabase, seed: number, days: number): Promise<Generator> {
    const generator = await database.generator({ seed, ...SIZE });
    await generator.migrate();
    for (const date of dates(days)) await generator.advanceDay(date);
    return generator;
  }

  describe('the same seed gives the same rows', () => {
    it('in every table and collection; another seed gives others', { timeout: 3 * MINUTES }, async () => {
      const [one, two, other] = [await sources.database(), await sources.database(), await sources.database()];
      await live(one, 7, 4);
      await live(two, 7, 4);
      await live(other, 8, 4);
      const expected = await digestOf(one.client, one.db);
      expect(await digestOf(two.client, two.db)).toEqual(expected);
      const different = await digestOf(other.client, other.db);
      const fixed = [
        ...['currency', 'country', 'city', 'payment_status', 'payment_method', 'device_type', 'product_category'],
        ...['tax_rate', 'public_holiday', 'fee_schedule'],
      ];
      for (const table of Object.keys(expected).filter((name) => !fixed.includes(name))) {
        expect(different[table], table).not.toBe(expected[table]);
      }
      // Twelve days are generated here: seconds, or minutes beside other work.
    });

    it('also when the documents of a day were half written before it was killed', async () => {
      const [whole, killed] = [await sources.database(), await sources.database()];
      await live(whole, 7, 3);
      const generator = await live(killed, 7, 2);
      const world = createWorld({ seed: 7, ...SIZE });
      await writeDocuments(killed.db, world, 2);
      await killed.db
        .collection('user_interaction')
        .deleteMany({ updated_at: { $gte: new Date('2026-11-03T12:00:00Z') } });
      await generator.advanceDay('2026-11-03');
      expect(await digestOf(killed.client, killed.db)).toEqual(await digestOf(whole.client, whole.db));
    });
  });

  describe('a day', () => {
    it('is written once: again it changes nothing', async () => {
      const database = await sources.database();
      const generator = await live(database, 7, 2);
      const before = await digestOf(database.client, database.db);
      for (const date of dates(2))
        expect(await generator.advanceDay(date)).toMatchObject({ date, written: false, payments: 0 });
      expect(await digestOf(database.client, database.db)).toEqual(before);
    });

    it('is undone when its writer fails on the way, and done by the next', async () => {
      const [whole, broken] = [await sources.database(), await sources.database()];
      await live(whole, 7, 2);
      const generator = await live(broken, 7, 1);
      const before = await digestOf(broken.client, broken.db);
      // The writer waits for this lock after it has written customers and payments; then its connection is cut.
      await broken.client.query('begin');
      await broken.client.query('lock table refund in exclusive mode');
      const failure = generator.advanceDay('2026-11-02').then(
        () => 'written',
        () => 'failed',
      );
      const cut = () =>
        broken.client.query(
          "select pg_terminate_backend(pid) from pg_locks where not granted and relation = 'refund'::regclass",
        );
      await expect.poll(async () => (await cut()).rowCount, { timeout: 20_000 }).toBe(1);
      expect(await failure).toBe('failed');
      await broken.client.query('rollback');
      expect(await digestOf(broken.client, broken.db)).toEqual(before);

      const next = await broken.generator({ seed: 7, ...SIZE });
      expect(await next.advanceDay('2026-11-02')).toMatchObject({ written: true, payments: 276 });
      expect(await digestOf(broken.client, broken.db)).toEqual(await digestOf(whole.client, whole.db));
    });

    it('cannot be skipped, lie before the launch, be no date, or come from another seed or size', async () => {
      const database = await sources.database();
      const generator = await live(database, 7, 1);
      await expect(generator.advanceDay('2026-11-03')).rejects.toThrow('the next day is 2026-11-02');
      await expect(generator.advanceDay('2026-10-31')).rejects.toThrow('before the launch');
      await expect(generator.advanceDay('2026-02-30')).rejects.toThrow('not a date');
      const other = await database.generator({ seed: 8, ...SIZE });
      await expect(other.advanceDay('2026-11-02')).rejects.toThrow('generated with seed 7');
      const larger = await database.generator({ seed: 7, ...SIZE, rowsPerDay: 301 });
      await expect(larger.advanceDay('2026-11-02')).rejects.toThrow('300 rows a day');
      const shifted = await database.generator({ seed: 7, ...SIZE, shiftFrom: '2026-11-01' });
      await expect(shifted.advanceDay('2026-11-02')).rejects.toThrow('generated with seed 7');
      await expect(database.generator({ seed: 7, ...SIZE, shiftFrom: '2026-10-31' })).rejects.toThrow(
        'before the launch',
      );
    });
  });

  describe('a bootstrap', () => {
    it('gives the rows that the same days give one by one, and the days after it go on from there', async () => {
      const [nightly, whole] = [await sources.database(), await sources.database()];
      await live(nightly, 7, 8);
      const generator = await whole.generator({ seed: 7, ...SIZE, hugeDocumentBytes: 20_000 });
      await generator.migrate();
      const seen: string[] = [];
      expect(await generator.bootstrap(7, (date) => seen.push(date))).toEqual({ written: true });
      expect(seen).toEqual(dates(7));
      expect(await generator.bootstrap(7)).toEqual({ written: false });
      await expect(generator.bootstrap(9)).rejects.toThrow('needs an empty database');
      await generator.advanceDay('2026-11-08');
      // Status moves are numbered in the order in which they are written.
      const without = { transaction_state_change: 'id' };
      const digest = await digestOf(whole.client, whole.db, without);
      const expected = await digestOf(nightly.client, nightly.db, without);
      // Its documents are shorter.
      for (const name of Object.keys(digest).filter((name) => name.startsWith('mongodb'))) {
        if (name.endsWith('user_interaction') || name.endsWith('customer_review')) delete digest[name];
      }
      expect(expected).toMatchObject(digest);
    });
  });

  it('writes a day of 20,000 payments; the time is printed', async () => {
    const database = await sources.database();
    const generator = await database.generator({ seed: 7, ...SIZE, rowsPerDay: 20_000 });
    await generator.migrate();
    const began = performance.now();
    const report = await generator.advanceDay('2026-11-01');
    const seconds = (performance.now() - began) / 1000;
    console.log(
      `generator: ${report.payments} payments, ${report.reviews + report.sessions} documents in ${seconds.toFixed(1)} s`,
    );
    const { rows } = await database.client.query('select count(*)::int as payments from transaction');
    // A Sunday.
    expect(rows[0]).toEqual({ payments: 18_000 });
  });
});
