import { MongoClient } from 'mongodb';
import { instantFromMillis, shift } from '../../core/instant.ts';
import type { SourceConnection } from '../extraction.types.ts';
import type { SourceTime } from '../low-water.ts';
import { serverMoment } from './cluster-time.ts';
import { mongoFault } from './fault.ts';
import { firstCursor } from './pieces.ts';

const SELECTION_TIMEOUT_MILLIS = 10_000;
/** The server ends a transaction that is older. */
const TRANSACTION_LIFETIME_MILLIS = 60_000;

/** Greatest cursor of a collection, and since when every transaction is over. */
export async function mongoTime(connection: SourceConnection, collection: string, field: string): Promise<SourceTime> {
  const client = new MongoClient(connection.url, {
    serverSelectionTimeoutMS: SELECTION_TIMEOUT_MILLIS,
    appName: 'strata extract',
    readPreference: 'primaryPreferred',
  });
  try {
    await client.connect();
    const { at } = await serverMoment(client.db());
    const greatest = await firstCursor(client.db().collection(collection), field, {}, -1);
    return {
      oldestOpen: shift(at, -TRANSACTION_LIFETIME_MILLIS),
      greatest: greatest && instantFromMillis(greatest.getTime()),
    };
  } catch (error) {
    throw mongoFault(error, connection, collection);
  } finally {
    await client.close().catch(() => {});
  }
}
