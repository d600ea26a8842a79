import { rm } from 'node:fs/promises';
import type { Session } from '../../engine/session.ts';
import { ident, literal } from '../../engine/sql-text.ts';
import type { StagedFile } from '../extraction.types.ts';
import type { Chunk } from './chunks.ts';
import type { Projection } from './projection.ts';

/** One connection inside the snapshot; reads chunk after chunk. The two reading paths give the same values. */
export interface ChunkReader {
  /** Stages one chunk as a Parquet file. undefined: it holds no row. */
  read(chunk: Chunk, file: string): Promise<StagedFile | undefined>;
  close(): Promise<void>;
}

/** What is the same for every chunk of an extraction. */
export interface ReadPlan {
  readonly projections: readonly Projection[];
  /** DuckDB's expressions for `_op`, `_position`, `_observed_at`. */
  readonly stamps: string;
  /** Condition that fails under any other snapshot. */
  readonly guard: string;
  readonly rowBytes: number;
}

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
  const groupRows = Math.min(122_880, Math.max(VECTOR, fit));
  const [written] = await session.rows<{ count: bigint; file_size_bytes: bigint }>(
    `COPY (${select}) TO ${literal(file)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${groupRows}, RETURN_STATS)`,
  );
  if (!written || written.count === 0n) {
    await rm(file, { force: true });
    return undefined;
  }
  return { uri: file, rows: Number(written.count), bytes: Number(written.file_size_bytes) };
}

/** The chunk as PostgreSQL is asked for it. */
export function chunkQuery(plan: ReadPlan, chunk: Chunk, expression: (projection: Projection) => string): string {
  const columns = plan.projections.map((p) => `${expression(p)} as ${ident(p.name)}`).join(', ');
  return `select ${columns} from ${chunk.from} where ${chunk.where} and ${plan.guard}`;
}
