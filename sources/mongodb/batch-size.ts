import type { Db } from 'mongodb';

const REPLY_BYTES = 8 * 2 ** 20;
const MOST_DOCUMENTS = 20_000;

/**
 * Documents per reply, so that a reply stays small by the average of the collection. A real server ends a reply at 16 MB
 * by itself; not every server that speaks its protocol does. undefined: the server does not tell, and its own size is used.
 */
export async function batchSizeFor(db: Db, collection: string): Promise<number | undefined> {
  const stats = await db.command({ collStats: collection }).catch(() => undefined);
  const average = stats && (stats.avgObjSize ?? stats.size / stats.count);
  if (typeof average !== 'number' || !(average > 0)) return undefined;
  return Math.min(MOST_DOCUMENTS, Math.max(1, Math.floor(REPLY_BYTES / average)));
}
