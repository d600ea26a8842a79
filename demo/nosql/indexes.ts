import type { Db, IndexDescription } from 'mongodb';

/** The queries these serve: a customer's reviews by rating, the sessions of an address, and the pipeline's cursor. */
export const MONGO_INDEXES: Readonly<Record<string, IndexDescription[]>> = {
  customer_review: [
    { key: { customer_id: 1, rating: 1 }, name: 'customer_id_rating' },
    { key: { updated_at: 1 }, name: 'updated_at' },
  ],
  user_interaction: [
    { key: { 'location.ip': 1 }, name: 'location_ip' },
    { key: { updated_at: 1 }, name: 'updated_at' },
  ],
};

/** Creates the collections' indexes where they are missing. */
export async function ensureMongoIndexes(db: Db): Promise<void> {
  for (const [collection, indexes] of Object.entries(MONGO_INDEXES))
    await db.collection(collection).createIndexes(indexes);
}
