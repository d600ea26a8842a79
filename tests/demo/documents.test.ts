import { BSON, type Document } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MONGO_INDEXES } from '../../demo/nosql/indexes.ts';
import { oracleReviews, oracleSessions } from '../oracle/documents.oracle.ts';
import { describeWith } from '../servers.ts';
import { openSources, type SourceDatabase, type Sources } from './sources.fixture.ts';

await describeWith(['postgres', 'mongodb'], 'the payments company in MongoDB', (addresses) => {
  let sources: Sources;
  let database: SourceDatabase;

  beforeAll(async () => {
    sources = await openSources(addresses);
    database = await sources.database();
    const generator = await database.generator({ seed: 42, start: '2026-11-01', rowsPerDay: 100 });
    await generator.migrate();
    for (let day = 1; day <= 7; day++) await generator.advanceDay(`2026-11-0${day}`);
  });
  afterAll(() => sources?.close());

  /** The BSON type of a field and, for texts and numbers, its value: what dirt shows itself by. */
  function kindOf(document: Document, field: string): string {
    if (!(field in document)) return 'missing';
    const value = document[field];
    if (value === null) return 'null';
    if (Array.isArray(value)) return 'array';
    if (value instanceof Date) return 'date';
    return typeof value === 'object' ? (value._bsontype ?? 'object') : typeof value;
  }

  async function kinds(collection: string, field: string): Promise<Set<string>> {
    const found = new Set<string>();
    const cursor = database.db.collection(collection).find({}, { promoteValues: false, projection: { [field]: 1 } });
    for await (const document of cursor) found.add(kindOf(document, field));
    return found;
  }

  describe('every kind of dirt occurs', () => {
    it.each([
      ['customer_review', 'rating', ['Int32', 'Double', 'Long', 'Decimal128', 'string', 'null', 'missing']],
      ['customer_review', 'timestamp', ['date', 'string', 'Long', 'null', 'missing']],
      ['customer_review', 'transaction_id', ['string', 'missing']],
      ['customer_review', 'customer_id', ['string', 'null']],
      ['customer_review', 'merchant_id', ['string', 'missing']],
      ['customer_review', 'message', ['string', 'null', 'missing']],
      ['customer_review', 'updated_at', ['date']],
      ['user_interaction', 'session_id', ['string', 'null', 'missing']],
      ['user_interaction', 'session_start', ['date', 'string', 'Long', 'null', 'missing']],
      ['user_interaction', 'device', ['object', 'missing']],
      ['user_interaction', 'location', ['object', 'missing']],
      ['user_interaction', 'events', ['array', 'object', 'missing']],
      ['user_interaction', 'sessionDuration', ['Int32', 'Double', 'Long', 'Decimal128', 'string', 'null', 'missing']],
      ['user_interaction', 'isActive', ['boolean', 'string', 'missing']],
      ['user_interaction', 'updated_at', ['date']],
    ])('%s.%s', async (collection, field, expected) => {
      expect([...(await kinds(collection, field))].sort()).toEqual([...expected].sort());
    });

    it.each([
      ['customer_review', 'rating', ['4 ', 'five', '', '.0']],
      ['customer_review', 'timestamp', ['Z', '+02:00', 'yesterday']],
      ['customer_review', 'transaction_id', ['tx-']],
      ['customer_review', 'message', ['\n', '"', '🎉']],
      ['user_interaction', 'session_start', ['Z', '+02:00', 'yesterday']],
      ['user_interaction', 'sessionDuration', ['long']],
    ])('texts of %s.%s', async (collection, field, parts) => {
      const values = await database.db.collection(collection).distinct(field);
      const texts = values.filter((value): value is string => typeof value === 'string');
      for (const part of parts)
        expect(
          texts.some((text) => (part === '' ? text === '' : text.includes(part))),
          part,
        ).toBe(true);
    });

    it('documents of megabytes, within what MongoDB takes', async () => {
      const sizes: number[] = [];
      for await (const document of database.db.collection('user_interaction').find())
        sizes.push(BSON.calculateObjectSize(document));
      const largest = Math.max(...sizes);
      expect(largest).toBeGreaterThan(10_000_000);
      expect(largest).toBeLessThan(16_000_000);
      expect(sizes.filter((size) => size > 2_000_000)).toHaveLength(7);
    });
  });

  describe('the business rules have something to decide', () => {
    it('reviews: winners, superseded and quarantined ones; the same business key under two ids', async () => {
      const reviews = await oracleReviews(database.db);
      expect(reviews.rows.length).toBeGreaterThan(250);
      expect(reviews.superseded).toBeGreaterThan(20);
      expect(reviews.quarantined.length).toBeGreaterThan(50);
      const total = await database.db.collection('customer_review').countDocuments();
      expect(reviews.rows.length + reviews.superseded + reviews.quarantined.length).toBe(total);
      expect(new Set(reviews.rows.map((row) => row.rating))).toEqual(new Set([1, 2, 3, 4, 5]));
    });

    it('sessions likewise', async () => {
      const sessions = await oracleSessions(database.db);
      expect(sessions.superseded).toBeGreaterThan(20);
      expect(sessions.quarantined.length).toBeGreaterThan(50);
      const total = await database.db.collection('user_interaction').countDocuments();
      expect(sessions.rows.length + sessions.superseded + sessions.quarantined.length).toBe(total);
      expect(new Set(sessions.rows.map((row) => row.device_type))).toEqual(
        new Set(['mobile', 'desktop', 'tablet', null]),
      );
      expect(new Set(sessions.rows.map((row) => row.is_active))).toEqual(new Set([true, false, null]));
    });

    it('documents changed in place carry a later time than their id', async () => {
      for (const collection of ['customer_review', 'user_interaction']) {
        const documents = await database.db
          .collection(collection)
          .find({}, { projection: { updated_at: 1 } })
          .toArray();
        const changed = documents.filter(
          (document) => document.updated_at.getTime() - document._id.getTimestamp().getTime() > 3_600_000,
        );
        expect(changed.length, collection).toBeGreaterThan(0);
      }
    });
  });

  it.each(Object.entries(MONGO_INDEXES))('%s has its indexes', async (collection, indexes) => {
    const present = (await database.db.collection(collection).indexes()).map((index) => index.key);
    for (const index of indexes) expect(present).toContainEqual(index.key);
  });
});
