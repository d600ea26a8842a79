import { join } from 'node:path';
import { z } from 'zod';
import { StrataError } from '../core/errors.ts';
import type { LedgerState, Version } from '../core/ledger.ts';
import { readDeltaCheckpoint, writeDeltaCheckpoint } from './delta-checkpoint.ts';
import { columnsOfSchema } from './delta-schema.ts';
import { checkpointFile, lastCheckpointFile, ledgerFile, ledgerFolder, versionOf } from './layout.ts';
import { readLedgerFiles, writeLedgerFile } from './ledger-file.ts';
import { withLocalFiles, withTempFolder } from './local-files.ts';
import type { ObjectStore } from './object-store.ts';
import { withSession } from './parquet-session.ts';
import type { TableState } from './table-state.ts';

/** A hint only: other tools write it too. */
const hintShape = z.object({ version: z.number().int().min(0) });

/** Folded ledger first, then the Delta checkpoint, then the hint: who finds the hint finds both. */
export async function writeCheckpoint(store: ObjectStore, table: string, state: TableState): Promise<void> {
  await withTempFolder((folder) =>
    withSession(async (session) => {
      const [ledger, checkpoint] = [join(folder, 'ledger'), join(folder, 'checkpoint')];
      await writeLedgerFile(session, state.ledger, ledger);
      const size = await writeDeltaCheckpoint(session, state, checkpoint);
      await putOnce(store, ledgerFile(table, state.version), ledger);
      await putOnce(store, checkpointFile(table, state.version), checkpoint);
      if (((await hintedVersion(store, table)) ?? -1) < state.version) {
        await store.put(lastCheckpointFile(table), JSON.stringify({ version: state.version, size }));
      }
    }),
  );
}

/** Two writers of one version write the same. */
async function putOnce(store: ObjectStore, path: string, file: string): Promise<void> {
  await store.putFile(path, file).catch((error: unknown) => {
    if (!(error instanceof StrataError) || error.code !== 'conflict') throw error;
  });
}

/**
 * The newest version of which both the folded ledger and the Delta checkpoint exist, -1 when there is none.
 * @param upTo not newer than this
 */
export async function newestCheckpoint(
  store: ObjectStore,
  table: string,
  upTo = Number.MAX_SAFE_INTEGER,
): Promise<Version> {
  const hint = await hintedVersion(store, table);
  if (hint !== undefined && hint <= upTo && (await isComplete(store, table, hint))) return hint;
  const versions: Version[] = [];
  for await (const path of store.listPaths(ledgerFolder(table))) {
    const version = versionOf(path, '.parquet');
    if (version !== undefined && version <= upTo) versions.push(version);
  }
  for (const version of versions.reverse()) if (await isComplete(store, table, version)) return version;
  return -1;
}

async function hintedVersion(store: ObjectStore, table: string): Promise<Version | undefined> {
  const text = await store.getText(lastCheckpointFile(table));
  if (text === undefined) return undefined;
  try {
    return hintShape.parse(JSON.parse(text)).version;
  } catch {
    return undefined;
  }
}

async function isComplete(store: ObjectStore, table: string, version: Version): Promise<boolean> {
  const both = [ledgerFile(table, version), checkpointFile(table, version)].map((path) => exists(store, path));
  return (await Promise.all(both)).every(Boolean);
}

const exists = async (store: ObjectStore, path: string): Promise<boolean> =>
  (await store.get(path, { start: 0, end: 1 })) !== undefined;

/** @throws corrupt */
export function readCheckpoint(store: ObjectStore, table: string, version: Version): Promise<TableState> {
  const paths = [ledgerFile(table, version), checkpointFile(table, version)];
  return withLocalFiles(store, paths, ([ledgerPath, checkpointPath]) =>
    withSession(async (session) => {
      const [ledger] = await readLedgerFiles(session, [ledgerPath!], 'commits');
      const { metaData, files } = await readDeltaCheckpoint(session, checkpointPath!);
      const columns = columnsOfSchema(metaData.schemaString, store.uri(paths[1]!));
      return { version, ledger: atVersion(ledger!, version, paths[0]!), files, columns, metaData };
    }),
  );
}

export function atVersion(ledger: LedgerState, version: Version, file: string): LedgerState {
  if (ledger.version === version) return ledger;
  throw new StrataError('corrupt', `The folded ledger holds version ${ledger.version}, not ${version}`, {
    where: file,
  });
}
