import { MongoClient, ObjectId } from 'mongodb';
import type pg from 'pg';

/** Every kind of column that payments have, and some that they should not. */
export async function fillTable(client: pg.Client, rows: number): Promise<void> {
  await client.query(`
    create table payment as select i::int8 as id, (i % 100000 / 100.0)::numeric(18,2) as amount, (i / 7.0)::numeric(18,8) as rate,
      '2026-11-01'::timestamptz + i * interval '7 ms' as paid_at, '2026-11-01'::date + (i % 30)::int as day,
      'said "' || i || E'"\\nand left' as note, jsonb_build_object('a', i, 'b', array['x', 'y']) as doc, decode(md5(i::text), 'hex') as digest,
      i % 2 = 0 as captured, i / 3.0::float8 as score, md5((i % 1000)::text)::uuid as merchant, array[i % 5, 2] as tags, (i % 9)::int4 as kind,
      '2026-11-02'::timestamptz + i * interval '3 ms' as updated_at
    from generate_series(1, ${rows}) i`);
  await client.query('vacuum analyze payment');
}

const BATCH = 5_000;

export async function fillCollection(url: string, documents: number): Promise<void> {
  const client = await new MongoClient(url).connect();
  const collection = client.db().collection('review');
  for (let first = 0; first < documents; first += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, documents - first) }, (_, i) => ({
      _id: ObjectId.createFromTime(1_793_491_200 + first + i),
      customer_id: `0b6c1b5e-7b0a-4a43-9c39-${String(first + i).padStart(12, '0')}`,
      rating: i % 5,
      message: `bought "it" ${i} times\nand liked it`,
      device: { type: 'mobile', os: 'Android', osVersion: i % 2 ? '16' : 16 },
      updated_at: new Date(1_793_491_200_000 + (first + i) * 100),
    }));
    await collection.insertMany(batch);
  }
  await client.close();
}
