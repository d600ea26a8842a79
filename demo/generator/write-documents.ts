import { type Collection, type Db, type Document, MongoBulkWriteError, type ObjectId } from 'mongodb';
import { reviewEdits, reviewsOf } from './review.ts';
import { sessionEdits, sessionsOf } from './session.ts';
import type { World } from './world.ts';

/** What customers and visitors did on `day`. Ids follow from the seed, so writing a day again changes nothing. */
export async function writeDocuments(
  db: Db,
  world: World,
  day: number,
): Promise<{ reviews: number; sessions: number }> {
  const reviews = await insertMissing(db.collection('customer_review'), reviewsOf(world, day));
  await replaceAll(db.collection('customer_review'), reviewEdits(world, day));
  const sessions = await insertMissing(db.collection('user_interaction'), sessionsOf(world, day));
  await replaceAll(db.collection('user_interaction'), sessionEdits(world, day));
  return { reviews, sessions };
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
  for (const document of documents) await collection.replaceOne({ _id: document._id }, document, { upsert: true });
}
