import { PARTITION_COLUMN } from '../core/dataset.ts';
import type { DataFile } from '../core/ports.ts';
import type { AddFile, RemoveFile } from './delta-actions.ts';
import { corruptCommit } from './delta-actions.ts';

/** Paths in a Delta log are URIs: a `%` or a colon in a partition's name must survive every reader's decoding. */
export const encodePath = (path: string): string =>
  path
    .split('/')
    .map((part) => encodeURIComponent(part).replaceAll('%3D', '='))
    .join('/');

/** @param file the log file, for the message. */
export function decodePath(path: string, file: string): string {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    throw corruptCommit(file, 1, `not a URI: ${path}`, error);
  }
}

/** A data file as the log knows it. */
export interface LakeFile extends DataFile {
  /** Milliseconds since the epoch. */
  readonly modificationTime: number;
}

/** @param file the log file, for messages. */
export function fileOf(add: AddFile, file: string): LakeFile {
  return {
    path: decodePath(add.path, file),
    partition: add.partitionValues[PARTITION_COLUMN] ?? '',
    rows: rowsOf(add.stats),
    bytes: add.size,
    modificationTime: add.modificationTime,
    ...(add.stats ? { stats: add.stats } : {}),
  };
}

const NUM_RECORDS = /"numRecords"\s*:\s*(\d+)/;

// A pattern and not JSON.parse: a cold load looks at every file of the table.
const rowsOf = (stats: string | null | undefined): number => Number(stats ? (NUM_RECORDS.exec(stats)?.[1] ?? 0) : 0);

export function addOf(file: DataFile, stats: string, now: number): AddFile {
  return {
    path: encodePath(file.path),
    partitionValues: { [PARTITION_COLUMN]: file.partition },
    size: file.bytes,
    modificationTime: now,
    dataChange: true,
    stats,
  };
}

export function removeOf(file: DataFile, now: number): RemoveFile {
  return {
    path: encodePath(file.path),
    deletionTimestamp: now,
    dataChange: true,
    extendedFileMetadata: true,
    partitionValues: { [PARTITION_COLUMN]: file.partition },
    size: file.bytes,
  };
}
