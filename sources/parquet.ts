import { rm, stat } from 'node:fs/promises';
import { PARQUET, ROW_GROUP_ROWS } from '../engine/parquet-format.ts';
import type { Session } from '../engine/session.ts';
import { literal } from '../engine/sql-text.ts';
import type { StagedFile } from './extraction.types.ts';

const ROW_GROUP_BYTES = 128 * 2 ** 20;
const VECTOR = 2048;

/** Writes a relation as one Parquet file; an empty one leaves none. */
export async function writeParquet(
  session: Session,
  select: string,
  file: string,
  rowBytes: number,
): Promise<StagedFile | undefined> {
  const fit = Math.floor(ROW_GROUP_BYTES / Math.max(1, rowBytes) / VECTOR) * VECTOR;
  const groupRows = Math.min(ROW_GROUP_ROWS, Math.max(VECTOR, fit));
  // Not RETURN_STATS: it hands out each column's least and greatest value, megabytes where values are.
  const count = await session.value<bigint>(
    `COPY (${select}) TO ${literal(file)} (${PARQUET}, ROW_GROUP_SIZE ${groupRows})`,
  );
  if (!count) {
    await rm(file, { force: true });
    return undefined;
  }
  return { uri: file, rows: Number(count), bytes: (await stat(file)).size };
}
