import { join } from 'node:path';
import { bucketNames } from '../../core/buckets.ts';
import {
  applicationClock,
  boolean,
  bucket,
  cursor,
  dataset,
  date,
  day,
  key,
  merge,
  pii,
  postgres,
  source,
  text,
  timestamp,
  type2,
} from '../../core/builders.ts';
import { lakeColumns } from '../../core/lake-columns.ts';
import { openSession } from '../../engine/session.ts';
import { rowPartitionSql } from '../../transform/partition-sql.ts';
import { writePartitions } from '../../transform/write-partitions.ts';

export const BUCKETS = 16;

const raw = source({
  name: 'bronze.customer',
  description: 'd',
  source: postgres('bench'),
  relation: 'customer',
  extraction: cursor('updated_at', applicationClock({ lateness: '1 hour' })),
  columns: { id: key(text()), updated_at: timestamp() },
});

const version = dataset({
  name: 'silver.customer_version',
  description: 'd',
  inputs: { raw },
  sql: 'version.sql',
  write: merge({ latestBy: 'changed_at', deletes: 'keep' }),
  partitionBy: bucket('customer_id', BUCKETS),
  columns: {
    customer_id: key(text()),
    changed_at: key(timestamp()),
    is_deleted: boolean(),
    segment: text(),
    country: text(),
    city: text().nullable(),
    email: text(),
    full_name: text(),
    created_at: timestamp(),
  },
});

const payment = dataset({
  name: 'silver.payment',
  description: 'd',
  inputs: { raw },
  sql: 'payment.sql',
  write: merge({ latestBy: 'paid_on' }),
  partitionBy: day('paid_on'),
  columns: { payment_id: key(text()), customer_id: text(), paid_on: date() },
});

export const dimCustomer = dataset({
  name: 'gold.dim_customer',
  description: 'd',
  inputs: { version, payment: payment.all() },
  sql: 'dim_customer.sql',
  partitionBy: bucket('customer_id', BUCKETS),
  history: type2({
    key: 'customer_id',
    at: 'changed_at',
    deleted: 'is_deleted',
    track: ['segment', 'country', 'city'],
    surrogate: 'customer_key',
    members: { payment: 'customer_id' },
  }),
  columns: {
    customer_id: pii.identifier().nullable(),
    segment: text(),
    country: text(),
    city: text().nullable(),
    email: text().nullable(),
    full_name: text().nullable(),
    created_at: timestamp().nullable(),
  },
});

export const DIM_SQL =
  'SELECT customer_id, changed_at, is_deleted, segment, country, city, email, full_name, created_at FROM {{version}}';

export interface BenchFiles {
  /** Partition -> file. */
  readonly versions: Readonly<Record<string, readonly string[]>>;
  readonly payments: string;
}

/**
 * So many customers with five versions each, every fifth of which changes nothing that is tracked and every twentieth of
 * the last ones is a deletion; and as many payments, one in a hundred of a customer that is nowhere else.
 */
export async function makeFiles(folder: string, customers: number): Promise<BenchFiles> {
  await using session = await openSession({ memoryLimit: '2GB', threads: 2, tempDirectory: folder });
  const rows = `SELECT md5(i::VARCHAR) AS customer_id, make_timestamptz((1700000000 + v * 86400 * 30 + i % 86400)::BIGINT * 1000000) AS changed_at,
      v = 4 AND i % 20 = 0 AS is_deleted, ['Standard', 'Premium', 'Business'][1 + ((i + CASE WHEN v = 3 THEN 2 ELSE v END) % 3)::INTEGER] AS segment,
      ['FR', 'DE', 'US', 'IT'][1 + (i % 4)] AS country, 'city ' || (i % 500) AS city, 'user' || i || '.' || v || '@example.com' AS email,
      'Customer Number ' || i AS full_name, make_timestamptz((1600000000 + i)::BIGINT * 1000000) AS created_at,
      i::BIGINT AS _position, NULL::VARCHAR AS _tie, '2026-11-01' AS _bronze_partition
    FROM range(${customers}) a(i), range(5) b(v)`;
  const relation = `(SELECT *, ${rowPartitionSql(version)} AS _partition FROM (${rows}))`;
  const written = await writePartitions(session, relation, lakeColumns(version), bucketNames(BUCKETS), folder);
  const payments = join(folder, 'payments.parquet');
  await session.run(
    `COPY (SELECT i::VARCHAR AS payment_id, md5((CASE WHEN i % 100 = 0 THEN i + ${customers} ELSE i END)::VARCHAR) AS customer_id, DATE '2026-11-01' AS paid_on,
       i::BIGINT AS _position, NULL::VARCHAR AS _tie, '2026-11-01' AS _bronze_partition FROM range(${customers}) t(i)) TO '${payments}' (FORMAT parquet, COMPRESSION zstd)`,
  );
  const versions = Object.fromEntries([...written].map(([p, files]) => [p, files.map((f) => f.localPath)]));
  return { versions, payments };
}
