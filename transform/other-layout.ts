import type { BuiltPartition } from './build-output.ts';
import { NO_ROWS, printDigest } from './digest.ts';

/** Partitions that a table had when it was cut otherwise: nothing stays in them. */
export const emptied = (partitions: readonly string[]): BuiltPartition[] =>
  partitions.map((partition) => ({ partition, digest: printDigest(NO_ROWS), rows: 0, files: [], mode: 'replace' }));
