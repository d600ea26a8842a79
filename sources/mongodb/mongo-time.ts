import type { MongoClient } from 'mongodb';
import { instantFromMillis, shift } from '../../core/instant.ts';
import type { SourceConnection } from '../extraction.types.ts';
import type { SourceTime } from '../low-water.ts';
import { serverMoment } from './cluster-time.ts';
import { connectMongo, TRANSACTION_LIFETIME_MILLIS } from './connection.ts';
import { mongoFault } from './fault.ts';
import { firstCursor } from './pieces.ts';

/** Greatest cursor of a collection, and since when every transaction is over. */
export async function mongoTime(connection: SourceConnection, collection: string, field: string): Promise<SourceTime> {
  let client: MongoClient | undefined;
  try {
    client = await connectMongo(connection);
    const { at } = await serverMoment(client.db());
    const greatest = await firstCursor(client.db().collection(collection), field, {}, -1);
    return {
      oldestOpen: shift(at, -TRANSACTION_LIFETIME_MILLIS),
      greatest: greatest && instantFromMillis(greatest.getTime()),
    };
  } catch (error) {
    throw mongoFault(error, connection, collection);
  } finally {
    await client?.close().catch(() => {});
  }
}
