import { createHash } from 'node:crypto';

import { BSON, type Db } from 'mongodb';
import type pg from 'pg';
import { ORACLE_TABLES } from '../oracle/payments.oracle.ts';

/** One hash per PostgreSQL table and MongoDB collection, of every value of every row. */
export async function digestOf(client: pg.Client, db: Db): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const table of ORACLE_TABLES) {
    const { rows } = await client.query<{ digest: string }>(
      `select md5(coalesce(string_agg(line, e'\\n' order by line collate "C"), '')) as digest from (select t::text as line from ${table} t) as lines`,
    );
    digests[table] = rows[0]!.digest;
  }
  for (const collection of ['customer_review', 'user_interaction']) {
    const hash = createHash('sha256');
    const cursor = db.collection(collection).find({}, { promoteValues: false, batchSize: 100 }).sort({ _id: 1 });
    for await (const document of cursor) hash.update(BSON.EJSON.stringify(document, { relaxed: false })).update('\n');
    digests[collection] = hash.digest('hex');
  }
  return digests;
}
