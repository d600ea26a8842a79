import type { DerivedDataset } from '../core/dataset.ts';
import { lakeColumns } from '../core/lake-columns.ts';
import { QUARANTINE_COLUMNS } from '../core/quarantine.ts';
import type { Session } from '../engine/session.ts';
import { literal, readParquet } from '../engine/sql-text.ts';
import { keyText } from './candidates.ts';
import { tombstoneColumns } from './tombstones.ts';

export interface QuarantineCount {
  readonly session: Session;
  readonly dataset: DerivedDataset;
  /** Files of its quarantine table. */
  readonly quarantine: readonly string[];
  /** Input partition -> the claim whose bad rows count there: see claimTag. */
  readonly claims: ReadonlyMap<string, string>;
  /** Of a merged table: its files and its side file of deleted keys; both empty for a replaced one. */
  readonly current: readonly string[];
  readonly tombstones: readonly string[];
}

/**
 * Bad rows that hold their key back now: judged by the claim that stands, and neither current (the last good one stays)
 * nor followed by a newer observation of their key that was accepted or deleted it.
 */
export async function countQuarantined(input: QuarantineCount): Promise<number> {
  const { session, dataset, claims, current, tombstones } = input;
  const standing = [...claims].map(([partition, claim]) => `(${literal(partition)}, ${literal(claim)})`);
  if (standing.length === 0) return 0;
  const bad = `SELECT q.* FROM ${readParquet(input.quarantine, QUARANTINE_COLUMNS)} q
    SEMI JOIN (VALUES ${standing.join(', ')}) s(input_partition, claim) USING (input_partition, claim)`;
  const seen = `SELECT ${keyText(dataset.key)} AS row_key, _position FROM`;
  const followed =
    dataset.write.kind === 'merge'
      ? `${seen} ${readParquet(current, lakeColumns(dataset))} UNION ALL ${seen} ${readParquet(tombstones, tombstoneColumns(dataset))}`
      : 'SELECT NULL::VARCHAR AS row_key, NULL::BIGINT AS _position WHERE false';
  const count = await session.value<bigint>(
    `WITH bad AS MATERIALIZED (${bad}), newest AS (
       SELECT row_key, max(_position) AS _position FROM (${followed}) SEMI JOIN bad USING (row_key) GROUP BY row_key)
     SELECT count(*) FROM bad LEFT JOIN newest USING (row_key) WHERE newest._position IS NULL OR newest._position < bad.position`,
  );
  return Number(count ?? 0n);
}
