import type { Db, IndexDescription } from 'mongodb';

/** The pipeline's cursor. */
const UPDATED_AT: IndexDescription = { key: { updated_at: 1 }, name: 'updated_at' };

/** Each serves a query of the company's programs or of its people (questions.ts); every collection has the pipeline's cursor too. */
export const MONGO_INDEXES: Readonly<Record<string, IndexDescription[]>> = {
  customer_review: [{ key: { customer_id: 1, rating: 1 }, name: 'customer_id_rating' }, UPDATED_AT],
  user_interaction: [{ key: { 'location.ip': 1 }, name: 'location_ip' }, UPDATED_AT],
  customer: [
    {
      key: { 'preferences.device': 1, 'preferences.paymentMethod': 1, 'preferences.currency': 1 },
      name: 'preferences',
    },
    UPDATED_AT,
  ],
  transaction: [{ key: { transaction_id: 1 }, name: 'transaction_id', unique: true }, UPDATED_AT],
  log: [{ key: { user: 1, dbname: 1, 'lines.error_severity': 1 }, name: 'user_dbname_severity' }, UPDATED_AT],
  merchant: [{ key: { industry: 1, 'rating.average': 1 }, name: 'industry_rating' }, UPDATED_AT],
  ml_feature: [{ key: { entity: 1, time: 1 }, name: 'entity_time' }, UPDATED_AT],
};

/** Creates the collections' indexes where they are missing. */
export async function ensureMongoIndexes(db: Db): Promise<void> {
  for (const [collection, indexes] of Object.entries(MONGO_INDEXES))
    await db.collection(collection).createIndexes(indexes);
}
