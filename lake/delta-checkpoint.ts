import { PARTITION_COLUMN } from '../core/dataset.ts';
import { StrataError } from '../core/errors.ts';
import type { Session } from '../engine/session.ts';
import { literal } from '../engine/sql-text.ts';
import type { Action, MetaData } from './delta-actions.ts';
import { addOf, fileOf, type LakeFile } from './delta-paths.ts';
import { writeRows } from './ledger-file.ts';
import { packNumbers, packTexts, unpackNumbers, unpackTexts } from './packed-columns.ts';
import type { TableState } from './table-state.ts';

/** The schema that the Delta protocol gives for checkpoints, as far as reader 1 and writer 2 go. */
const CHECKPOINT_COLUMNS = {
  txn: 'STRUCT("appId" VARCHAR, "version" BIGINT, "lastUpdated" BIGINT)',
  add: 'STRUCT("path" VARCHAR, "partitionValues" MAP(VARCHAR, VARCHAR), "size" BIGINT, "modificationTime" BIGINT, "dataChange" BOOLEAN, "stats" VARCHAR)',
  remove:
    'STRUCT("path" VARCHAR, "deletionTimestamp" BIGINT, "dataChange" BOOLEAN, "extendedFileMetadata" BOOLEAN, "partitionValues" MAP(VARCHAR, VARCHAR), "size" BIGINT)',
  metaData:
    'STRUCT("id" VARCHAR, "format" STRUCT("provider" VARCHAR, "options" MAP(VARCHAR, VARCHAR)), "schemaString" VARCHAR, "partitionColumns" VARCHAR[], "configuration" MAP(VARCHAR, VARCHAR), "createdTime" BIGINT)',
  protocol: 'STRUCT("minReaderVersion" INTEGER, "minWriterVersion" INTEGER)',
} as const;

/** Tombstones are left out: only vacuum asks for them, and Strata's own reads the log. */
function* checkpointRows(state: TableState, metaData: MetaData): Generator<Action> {
  yield { protocol: { minReaderVersion: 1, minWriterVersion: 2 } };
  yield { metaData };
  for (const [scope, { epoch }] of state.ledger.scopes) yield { txn: { appId: `strata:${scope}`, version: epoch } };
  for (const file of state.files.values()) {
    yield { add: { ...addOf(file, file.stats ?? '', file.modificationTime), dataChange: false } };
  }
}

/** @returns number of actions. @param file a new local file */
export async function writeDeltaCheckpoint(session: Session, state: TableState, file: string): Promise<number> {
  if (!state.metaData) throw new StrataError('internal', 'A table that does not exist has no checkpoint');
  await writeRows(session, checkpointRows(state, state.metaData), CHECKPOINT_COLUMNS, file);
  return 2 + state.ledger.scopes.size + state.files.size;
}

type PackedFiles = Record<'path' | 'partition' | 'size' | 'modified' | 'stats', string | null>;

/** @param file local. @throws corrupt */
export async function readDeltaCheckpoint(
  session: Session,
  file: string,
): Promise<{ metaData: MetaData; files: Map<string, LakeFile> }> {
  const from = `FROM read_parquet(${literal(file)})`;
  const columns = [
    packTexts('"add".path', 'path'),
    packTexts(`"add"."partitionValues"[${literal(PARTITION_COLUMN)}]`, 'partition'),
    packNumbers('"add".size', 'size'),
    packNumbers('"add"."modificationTime"', 'modified'),
    packTexts('"add".stats', 'stats'),
  ];
  try {
    const meta = await session.value<string>(
      `SELECT to_json("metaData")::VARCHAR ${from} WHERE "metaData".id IS NOT NULL`,
    );
    if (!meta) throw new StrataError('corrupt', 'it has no metaData');
    const [packed] = await session.rows<PackedFiles>(
      `SELECT ${columns.join(', ')} ${from} WHERE "add".path IS NOT NULL`,
    );
    return { metaData: JSON.parse(meta) as MetaData, files: filesOf(packed, file) };
  } catch (cause) {
    if (cause instanceof StrataError && cause.code !== 'corrupt' && cause.code !== 'bad_definition') throw cause;
    throw new StrataError('corrupt', `A checkpoint cannot be read: ${cause instanceof Error ? cause.message : cause}`, {
      where: file,
      hint: 'Delete this file and the ledger of the same version: the log holds the same, and a later commit writes them again.',
      cause,
    });
  }
}

function filesOf(packed: PackedFiles | undefined, where: string): Map<string, LakeFile> {
  const partitions = unpackTexts(packed?.partition);
  const sizes = unpackNumbers(packed?.size);
  const modified = unpackNumbers(packed?.modified);
  const stats = unpackTexts(packed?.stats);
  const files = new Map<string, LakeFile>();
  unpackTexts(packed?.path).forEach((path, i) => {
    const file = fileOf(
      {
        path,
        partitionValues: { [PARTITION_COLUMN]: partitions[i] ?? null },
        size: sizes[i]!,
        modificationTime: modified[i]!,
        dataChange: false,
        stats: stats[i],
      },
      where,
    );
    files.set(file.path, file);
  });
  return files;
}
