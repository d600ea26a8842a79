import { MongoClient } from 'mongodb';
import type { SourceConnection } from '../extraction.types.ts';

const SELECTION_TIMEOUT_MILLIS = 10_000;

/** The server ends a transaction that is older than this, so its rows have committed or never will. */
export const TRANSACTION_LIFETIME_MILLIS = 60_000;

/** Opens a client; from which member is read is the URL's to say. Errors are the driver's own. */
export async function connectMongo(connection: SourceConnection): Promise<MongoClient> {
  const client = new MongoClient(connection.url, {
    // Options win over the URL, so only where it says nothing.
    ...(!/serverSelectionTimeoutMS/i.test(connection.url) && { serverSelectionTimeoutMS: SELECTION_TIMEOUT_MILLIS }),
    appName: 'strata extract',
  });
  try {
    return await client.connect();
  } catch (error) {
    await client.close().catch(() => {});
    throw error;
  }
}
