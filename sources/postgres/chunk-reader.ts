import { ident } from '../../engine/sql-text.ts';
import type { StagedFile } from '../extraction.types.ts';
import type { Chunk } from './chunk.ts';
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

/** The chunk as PostgreSQL is asked for it. */
export function chunkQuery(plan: ReadPlan, chunk: Chunk, expression: (projection: Projection) => string): string {
  const columns = plan.projections.map((p) => `${expression(p)} as ${ident(p.name)}`).join(', ');
  return `select ${columns} from ${chunk.from} where ${chunk.where} and ${plan.guard}`;
}
