import type { MongoClient } from 'mongodb';
import type { SourceDataset } from '../../core/dataset.ts';
import type { SourceConnection } from '../extraction.types.ts';
import { requireCollection } from './collection.ts';
import { connectMongo } from './connection.ts';
import { mongoFault } from './fault.ts';
import { undeclaredFields } from './undeclared.ts';

/** @returns undeclared fields of the newest documents. @throws when there is no such collection */
export async function checkCollection(dataset: SourceDataset, connection: SourceConnection): Promise<string[]> {
  let client: MongoClient | undefined;
  try {
    client = await connectMongo(connection);
    await requireCollection(client.db(), dataset);
    return await undeclaredFields(client.db().collection(dataset.relation), dataset);
  } catch (error) {
    throw mongoFault(error, connection, dataset.relation);
  } finally {
    await client?.close().catch(() => {});
  }
}
