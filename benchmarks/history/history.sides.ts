import { join } from 'node:path';
import { openSession, type SessionOptions } from '../../engine/session.ts';
import { compileRowChecks } from '../../quality/row-checks.ts';
import { replacePartitions } from '../../transform/replace-partitions.ts';
import { type BenchFiles, DIM_SQL, dimCustomer } from './history.data.ts';

export type Build = (files: BenchFiles, folder: string, options: SessionOptions) => Promise<string[]>;

/** As a worker does it: one bucket after the other, every row checked, each partition with its digest. @returns the files */
export const strata: Build = async (files, folder, options) => {
  await using session = await openSession(options);
  const output = await replacePartitions({
    session,
    dataset: dimCustomer,
    sqlText: DIM_SQL,
    inputs: {
      version: Object.entries(files.versions).flatMap(([partition, uris]) => uris.map((uri) => ({ uri, partition }))),
      payment: [{ uri: files.payments, partition: '2026-11-01' }],
    },
    digests: new Map(),
    rowChecks: compileRowChecks(dimCustomer),
    audit: async () => [],
    epoch: 1,
    claim: 'bench',
    run: 'bench',
    directory: folder,
    partitions: Object.keys(files.versions),
    outside: 'exact',
  });
  return output.partitions.flatMap((p) => p.files.map((f) => f.localPath));
};

/** The same rows by one query over the whole table, written once: no checks, no digests. */
export const plain: Build = async (files, folder, options) => {
  await using session = await openSession(options);
  const target = join(folder, 'plain.parquet');
  const versions = Object.values(files.versions).flat();
  await session.run(`COPY (
    WITH given AS (SELECT * FROM read_parquet([${versions.map((v) => `'${v}'`).join(', ')}])),
    marked AS (
      SELECT *, lag(is_deleted) OVER w AS was_deleted, lag(segment) OVER w AS segment_before, lag(country) OVER w AS country_before, lag(city) OVER w AS city_before
      FROM given WINDOW w AS (PARTITION BY customer_id ORDER BY changed_at)
    ),
    runs AS (
      SELECT *, lead(changed_at) OVER w AS next_at,
        count(*) FILTER (NOT is_deleted) OVER (PARTITION BY customer_id ORDER BY changed_at ROWS UNBOUNDED PRECEDING) AS nth
      FROM marked
      WHERE was_deleted IS NULL OR was_deleted <> is_deleted
        OR (NOT is_deleted AND (segment <> segment_before OR country <> country_before OR city <> city_before))
      WINDOW w AS (PARTITION BY customer_id ORDER BY changed_at)
    ),
    newest AS (
      SELECT customer_id, arg_max(email, changed_at) AS email, arg_max(full_name, changed_at) AS full_name, arg_max(created_at, changed_at) AS created_at
      FROM given WHERE NOT is_deleted GROUP BY customer_id
    )
    SELECT surrogate_key(r.customer_id || '|' || CASE WHEN nth = 1 THEN '-infinity' ELSE strftime(changed_at AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ') END) AS customer_key,
      r.customer_id, segment, country, city, n.email, n.full_name, n.created_at,
      CASE WHEN nth = 1 THEN TIMESTAMPTZ '0001-01-01 00:00:00+00' ELSE changed_at END AS valid_from, next_at AS valid_to, next_at IS NULL AS is_current, false AS is_inferred
    FROM runs r JOIN newest n USING (customer_id) WHERE NOT is_deleted
    UNION ALL
    SELECT surrogate_key(customer_id || '|-infinity'), customer_id, 'unknown', 'unknown', NULL, NULL, NULL, NULL, TIMESTAMPTZ '0001-01-01 00:00:00+00', NULL, true, true
    FROM (SELECT DISTINCT customer_id FROM '${files.payments}') ANTI JOIN (SELECT customer_id FROM given WHERE NOT is_deleted) USING (customer_id)
    UNION ALL
    SELECT k, NULL, l, l, NULL, NULL, NULL, NULL, TIMESTAMPTZ '0001-01-01 00:00:00+00', NULL, true, false FROM (VALUES (-1, 'unknown'), (-2, 'not applicable')) t(k, l)
  ) TO '${target}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)`);
  return [target];
};
