import type { AnyBulkWriteOperation, Document } from 'mongodb';
import { type Instant, millisOf } from '../../core/instant.ts';
import type { SourceConnection } from '../extraction.types.ts';
import { connectMongo } from './connection.ts';
import { mongoFault } from './fault.ts';

export interface FieldUpdate {
  /** As it may be written; the first is the usual way. */
  readonly keys: readonly string[];
  readonly set: Readonly<Record<string, unknown>>;
}

export interface UpdateInput {
  readonly collection: string;
  /** Field that holds the key. */
  readonly key: string;
  readonly updates: readonly FieldUpdate[];
  /** Goes into `updated_at` of documents that change, so that whoever reads by it sees them. */
  readonly now: Instant;
  readonly signal: AbortSignal;
}

const AT_ONCE = 1000;

/**
 * Sets fields of documents, never makes any. A document that has these values already is not written: the same call twice
 * changes nothing the second time.
 * @throws unreachable, access_denied
 */
export async function updateFields(
  connection: SourceConnection,
  { collection, key, updates, now, signal }: UpdateInput,
): Promise<{ changed: number; missing: number }> {
  const client = await connectMongo(connection).catch((error: unknown) => {
    throw mongoFault(error, connection, collection);
  });
  try {
    const documents = client.db().collection(collection);
    let [changed, found] = [0, 0];
    for (let i = 0; i < updates.length; i += AT_ONCE) {
      signal.throwIfAborted();
      const page = updates.slice(i, i + AT_ONCE);
      found += await documents.countDocuments({ [key]: { $in: page.flatMap(({ keys }) => keys) } });
      const { modifiedCount } = await documents.bulkWrite(
        page.map((update) => operation(key, update, now)),
        { ordered: false },
      );
      changed += modifiedCount;
    }
    return { changed, missing: Math.max(0, updates.length - found) };
  } catch (error) {
    throw mongoFault(error, connection, collection);
  } finally {
    await client.close();
  }
}

function operation(key: string, { keys, set }: FieldUpdate, now: Instant): AnyBulkWriteOperation<Document> {
  const differs = Object.entries(set).map(([field, wanted]) => ({ [field]: { $ne: wanted } }));
  return {
    updateOne: {
      filter: { [key]: { $in: keys }, $or: differs },
      update: { $set: { ...set, updated_at: new Date(millisOf(now)) } },
    },
  };
}
