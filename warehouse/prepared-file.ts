import { constants } from 'node:fs';
import { chmod, copyFile, rm } from 'node:fs/promises';
import { StrataError } from '../core/errors.ts';
import type { Session, SessionOptions } from '../engine/session.ts';
import { ident } from '../engine/sql-text.ts';
import { enableUris, withFile } from './attached-file.ts';
import { errorCode, flush, toStorageError } from './durable-file.ts';
import { exists } from './generations.ts';
import { ATTACHED, type Move, moveLedger, readState } from './ledger-tables.ts';
import { dropTable, loadTable } from './load-table.ts';
import { createViews, dropViews } from './load-views.ts';
import { ensureTable } from './table-shape.ts';
import type { LoadedTable } from './warehouse.ts';

/** Copies the warehouse, cheaply where the file system can share blocks. @returns false when there is no warehouse yet. */
export async function copyWarehouse(current: string, prepared: string): Promise<boolean> {
  try {
    await copyFile(current, prepared, constants.COPYFILE_FICLONE);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' && !(await exists(current))) return false;
    throw toStorageError(error, prepared);
  }
  // The warehouse itself is read-only, so that nobody opens it for writing by mistake.
  await chmod(prepared, 0o644);
  return true;
}

/** One transaction: the ledger's move, the tables' shapes and the difference. Ends with all data in the file itself. */
export async function loadDifference(session: Session, move: Move): Promise<LoadedTable[]> {
  const { schema, publication } = move;
  await enableUris(
    session,
    publication.tables.flatMap((t) => t.replacePartitions.flatMap((p) => p.uris)),
  );
  await session.run('BEGIN');
  await moveLedger(session, move);
  await session.run(`CREATE SCHEMA IF NOT EXISTS ${ATTACHED}.${ident(schema)}`);
  await dropViews(session, schema, publication.pipeline);
  const loaded: LoadedTable[] = [];
  for (const table of publication.tables) {
    await ensureTable(session, schema, publication.pipeline, table);
    loaded.push(await loadTable(session, schema, table));
  }
  for (const table of publication.dropTables ?? []) loaded.push(await dropTable(session, schema, table));
  await createViews(session, schema, publication.pipeline, publication.views ?? []);
  await session.run('COMMIT');
  await session.run(`CHECKPOINT ${ATTACHED}`);
  return loaded;
}

/** Reads the closed file once more: what is announced can be opened, is complete and says what it should. */
export async function verifyPrepared(options: SessionOptions, prepared: string, move: Move): Promise<void> {
  const { schema, publication, generation } = move;
  const state = await withFile(options, prepared, 'READ_ONLY', (s) => readState(s, schema, publication.pipeline));
  const complete = state.generation === generation && state.cut?.number === publication.toCut;
  if (!complete || (await exists(`${prepared}.wal`))) {
    throw new StrataError('corrupt', `The prepared warehouse ${prepared} is incomplete`, {
      where: prepared,
      hint: 'Publish again. Readers keep the last cut.',
      kind: 'transient',
    });
  }
  await chmod(prepared, 0o444);
  await flush(prepared);
}

export async function discard(prepared: string): Promise<void> {
  await rm(prepared, { force: true });
  await rm(`${prepared}.wal`, { force: true });
}
