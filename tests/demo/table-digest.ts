import { createHash } from 'node:crypto';

import { BSON, type Db } from 'mongodb';
import type pg from 'pg';
import { MONGO_INDEXES } from '../../demo/nosql/indexes.ts';

/** Every table of the company, and what the simulation alone knows; partitions count with their table. */
export async function companyTables(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select case n.nspname when 'public' then c.relname else n.nspname || '.' || c.relname end as name
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'schema_migration'
       and (n.nspname = 'public' or c.relname = 'fraud') order by 1`,
  );
  return rows.map(({ name }) => name);
}

/** One hash per PostgreSQL table and MongoDB collection, of every value of every row. `without`: columns that do not count, by table. */
export async function digestOf(
  client: pg.Client,
  db: Db,
  without: Readonly<Record<string, string>> = {},
): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const table of await companyTables(client)) {
    const row = without[table] ? `(to_jsonb(t) - '${without[table]}')::text` : 't::text';
    const { rows } = await client.query<{ digest: string }>(
      `select md5(coalesce(string_agg(line, e'\\n' order by line collate "C"), '')) as digest from (select ${row} as line from ${table} t) as lines`,
    );
    digests[table] = rows[0]!.digest;
  }
  for (const collection of Object.keys(MONGO_INDEXES)) {
    const hash = createHash('sha256');
    const cursor = db.collection(collection).find({}, { promoteValues: false, batchSize: 100 }).sort({ _id: 1 });
    for await (const document of cursor) hash.update(BSON.EJSON.stringify(document, { relaxed: false })).update('\n');
    digests[`mongodb ${collection}`] = hash.digest('hex');
  }
  return digests;
}
