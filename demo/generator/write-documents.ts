import { type Collection, type Db, type Document, MongoBulkWriteError, type ObjectId } from 'mongodb';
import { appCustomerEdits, appCustomersOf } from './app-customer.ts';
import { appMerchantEdits, appMerchantsOf } from './app-merchant.ts';
import { onlineFeaturesOf } from './online-feature.ts';
import { reviewEdits, reviewsOf } from './review.ts';
import { scoredCopiesOf } from './scored-copy.ts';
import { serverLogsOf } from './server-log.ts';
import { sessionEdits, sessionsOf } from './session.ts';
import type { World } from './world.ts';

export interface DocumentCounts {
  readonly reviews: number;
  readonly sessions: number;
  /** Of the five other collections. */
  readonly documents: number;
}

export const NO_DOCUMENTS: DocumentCounts = { reviews: 0, sessions: 0, documents: 0 };

/** What customers and visitors did on `day`, and what programs noted. Ids follow from the seed, so writing a day again changes nothing. */
export async function writeDocuments(db: Db, world: World, day: number): Promise<DocumentCounts> {
  const write = async (collection: string, made: Iterable<Stored>, edited: Iterable<Stored> = []): Promise<number> => {
    const count = await insertMissing(db.collection(collection), made);
    await replaceAll(db.collection(collection), edited);
    return count;
  };
  const reviews = await write('customer_review', reviewsOf(world, day), reviewEdits(world, day));
  const sessions = await write('user_interaction', sessionsOf(world, day), sessionEdits(world, day));
  const documents = [
    await write('customer', appCustomersOf(world, day), appCustomerEdits(world, day)),
    await write('merchant', appMerchantsOf(world, day), appMerchantEdits(world, day)),
    await write('transaction', scoredCopiesOf(world, day)),
    await write('log', serverLogsOf(world, day)),
    await write('ml_feature', onlineFeaturesOf(world, day)),
  ];
  return { reviews, sessions, documents: documents.reduce((sum, count) => sum + count, 0) };
}

type Stored = Document & { _id: ObjectId };
const BATCH = 1000;
const DUPLICATE_KEY = 11000;

async function insertMissing(collection: Collection, documents: Iterable<Stored>): Promise<number> {
  let count = 0;
  let batch: Stored[] = [];
  const flush = async () => {
    if (batch.length === 0) return;
    await collection.insertMany(batch, { ordered: false }).catch(ignoreDuplicates);
    batch = [];
  };
  for (const document of documents) {
    batch.push(document);
    count += 1;
    if (batch.length === BATCH) await flush();
  }
  await flush();
  return count;
}

function ignoreDuplicates(error: unknown): void {
  const errors = error instanceof MongoBulkWriteError ? [error.writeErrors].flat() : [];
  if (errors.length === 0 || errors.some((one) => one.code !== DUPLICATE_KEY)) throw error;
}

async function replaceAll(collection: Collection, documents: Iterable<Stored>): Promise<void> {
  const writes = Array.from(documents, (document) => ({
    replaceOne: { filter: { _id: document._id }, replacement: document, upsert: true },
  }));
  if (writes.length > 0) await collection.bulkWrite(writes, { ordered: false });
}
