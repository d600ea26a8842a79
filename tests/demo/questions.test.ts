import { type Db, MongoClient } from 'mongodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureMongoIndexes } from '../../demo/nosql/indexes.ts';
import { errorLogs, mostUsedOperatingSystems, reviewsOf } from '../../demo/nosql/questions.ts';
import { describeWith } from '../servers.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 1, 10, minute));
const line = (minute: number, error_severity: string, rest: object = {}) => {
  return { timestamp: at(minute), error_severity, message: `${error_severity} at ${minute}`, ...rest };
};

await describeWith(['mongodb'], 'the questions to the document store', (addresses) => {
  let client: MongoClient;
  let db: Db;

  beforeAll(async () => {
    client = await new MongoClient(addresses.mongodbUrl).connect();
    db = client.db(`questions_${process.pid}`);
    await ensureMongoIndexes(db);
    const log = (user: string | undefined, dbname: string | null, lines: unknown) => ({ user, dbname, lines });
    await db
      .collection('log')
      .insertMany([
        log('admin', 'stripe', [line(5, 'LOG'), line(6, 'FATAL', { state_code: '57P01' })]),
        log('admin', 'stripe', [line(1, 'ERROR', { statement: 'select 1/0' }), line(2, 'WARNING'), line(3, 'ERROR')]),
        log('admin', 'stripe', [line(4, 'LOG')]),
        log('admin', 'postgres', [line(1, 'ERROR')]),
        log('developer', 'stripe', [line(1, 'ERROR')]),
        log('admin', 'stripe', 'a line'),
        log('admin', 'stripe', []),
        log('admin', null, [line(1, 'ERROR')]),
      ] as object[]);
    const systems = ['iOS', 'iOS', 'iOS', 'Android', 'Android', 'Windows', 'macOS', 'Linux', 'iPadOS', undefined, 7];
    await db
      .collection('user_interaction')
      .insertMany(systems.map((os, i) => ({ session_id: `s${i}`, device: os === undefined ? {} : { os } })));
    await db.collection('customer_review').insertMany([
      { customer_id: 'c1', merchant_id: 'm1', rating: 5, message: 'first', timestamp: at(1) },
      { customer_id: 'c1', merchant_id: 'm1', rating: 1, message: 'second', timestamp: at(2) },
      { customer_id: 'c1', merchant_id: 'm2', rating: 4, message: 'other merchant', timestamp: at(3) },
      { customer_id: 'c2', merchant_id: 'm1', rating: 4, message: 'other customer', timestamp: at(4) },
    ]);
  });

  afterAll(async () => {
    await db?.dropDatabase();
    await client?.close();
  });

  test('error logs of user admin on database stripe', async () => {
    expect(await errorLogs(db, { user: 'admin', database: 'stripe' })).toEqual([
      { at: at(1), severity: 'ERROR', state: null, message: 'ERROR at 1', statement: 'select 1/0' },
      { at: at(3), severity: 'ERROR', state: null, message: 'ERROR at 3', statement: null },
      { at: at(6), severity: 'FATAL', state: '57P01', message: 'FATAL at 6', statement: null },
    ]);
  });

  test('the five most used operating systems; what is no name is left out', async () => {
    expect(await mostUsedOperatingSystems(db)).toEqual([
      { os: 'iOS', sessions: 3 },
      { os: 'Android', sessions: 2 },
      { os: 'Linux', sessions: 1 },
      { os: 'Windows', sessions: 1 },
      { os: 'iPadOS', sessions: 1 },
    ]);
  });

  test('the reviews of one merchant by one customer, newest first', async () => {
    const found = await reviewsOf(db, { merchant: 'm1', customer: 'c1' });
    expect(found.map(({ message }) => message)).toEqual(['second', 'first']);
  });
});
