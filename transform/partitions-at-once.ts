import type { Session } from '../engine/session.ts';

/** What a partitioned COPY holds per partition and column, however few rows: 39 KiB were measured with 3 to 100 columns. */
const BYTES_PER_COLUMN = 40 * 1024;
/** The query that is copied needs memory too. */
const SHARE_OF_MEMORY = 1 / 4;

/**
 * So many partitions may one COPY write: DuckDB keeps every one of them open to the end, and what it keeps cannot spill. A
 * first load of years would end for want of memory with hardly a row in it.
 */
export async function partitionsAtOnce(session: Session, columns: readonly unknown[]): Promise<number> {
  const limit = await session.value<bigint>("SELECT parse_formatted_bytes(current_setting('memory_limit'))");
  return Math.max(1, Math.floor((Number(limit) * SHARE_OF_MEMORY) / (columns.length * BYTES_PER_COLUMN)));
}
