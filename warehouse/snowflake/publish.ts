import { randomUUID } from 'node:crypto';
import { StrataError } from '../../core/errors.ts';
import type { SessionOptions } from '../../engine/session.ts';
import type { LoadedTable, Publication, PublishOptions, PublishStep } from '../warehouse.ts';
import type { RunOptions, SnowflakeClient } from './client.ts';
import { applyComments, planComments } from './comments.ts';
import type { SnowflakeOptions } from './connection-options.ts';
import {
  clearLeftovers,
  createLedger,
  fence,
  type LedgerRow,
  ledgerTable,
  moveLedger,
  NOTHING,
  type RecordedState,
  readLedger,
} from './ledger.ts';
import { emptyTable, fenced, type Load, loadTable } from './load-table.ts';
import { type Place, published } from './names.ts';
import {
  attemptName,
  cleanLeftovers,
  cleanUp,
  copyIn,
  createStage,
  createStagingTable,
  type Staging,
  upload,
} from './staging.ts';
import { after, before, planShapes, presentTables, recordedShape } from './table-shapes.ts';
import { planViews } from './views.ts';

export interface Publishing {
  readonly client: SnowflakeClient;
  readonly options: SnowflakeOptions;
  readonly place: Place;
  readonly publication: Publication;
  readonly session: SessionOptions;
  readonly wanted: PublishOptions;
  /** Leftovers of attempts that began earlier are removed; undefined: not this time. */
  readonly cleanBefore?: Date;
}

/** One attempt; its name is in the ledger once it is committed. */
export interface Attempt {
  readonly name: string;
  readonly run: (step: string) => RunOptions;
}

export function newAttempt({ publication, wanted }: Publishing): Attempt {
  const name = attemptName(new Date(), randomUUID());
  const { pipeline, toCut } = publication;
  return {
    name,
    run: (step) => ({ tag: { pipeline, cut: toCut, attempt: name, step }, signal: wanted.signal }),
  };
}

/**
 * Everything that needs no virtual warehouse comes first (shapes, uploads, DDL), then all that does in one stretch: COPY
 * into staging tables and one transaction. So a publication wakes the virtual warehouse once, however many tables it has.
 */
export async function publishOnce(
  publishing: Publishing,
  attempt: Attempt,
  ledger: LedgerRow | undefined,
): Promise<LoadedTable[]> {
  const { client, options, place, publication, session, wanted } = publishing;
  const { run } = attempt;
  const staging: Staging = { place, options, attempt: attempt.name };
  const step = async (done: PublishStep) => wanted.onStep?.(done);

  if (ledger === undefined) await createLedger(client, place, publication.pipeline, run('ledger'));
  else await finishLeftovers(publishing, attempt, ledger);
  const recorded = ledger?.state ?? NOTHING;
  const present = await presentTables(client, place, run('shape'));
  const shapes = planShapes(place, publication, present, recorded);
  await createStage(client, staging, run('stage'));
  if (publishing.cleanBefore) await cleanLeftovers(client, staging, publishing.cleanBefore, run('clean'));
  for (const [i, table] of publication.tables.entries())
    await upload(client, staging, session, i, table, run('upload'));
  await step('copied');

  const views = planViews(place, publication, recorded);
  const comments = planComments(place, publication, recorded);
  for (const statement of shapes.flatMap((plan) => before(place, plan))) await client.run(statement, run('shape'));
  for (const statement of views.create) await client.run(statement, run('view'));
  await applyComments(client, comments, run('comment'));
  for (const [i, table] of publication.tables.entries())
    await createStagingTable(client, staging, i, table, run('staging'));
  for (const [i, table] of publication.tables.entries()) await copyIn(client, staging, i, table, run('copy'));
  await step('loaded');

  const gone = (publication.dropTables ?? []).filter((table) => present.has(table));
  const state: RecordedState = {
    tables: Object.fromEntries(publication.tables.map((t) => [t.name, recordedShape(t)])),
    views: (publication.views ?? []).map((v) => v.name),
    comments: comments.state,
    leftovers: [
      ...views.drop,
      ...gone.map((table) => `DROP TABLE IF EXISTS ${published(place, table)}`),
      ...shapes.flatMap((plan) => after(place, plan)),
    ],
  };
  const load: Load = { client, staging, fence: fence(place, publication.pipeline, attempt.name), run };
  const loaded = await transaction(publishing, attempt, state, load, gone);
  await step('installed');
  await finishLeftovers(publishing, attempt, { cut: publication.toCut, attempt: attempt.name, state });
  await cleanUp(client, staging, publication.tables.length, run('clean'));
  return loaded;
}

async function transaction(
  { client, place, publication, wanted }: Publishing,
  attempt: Attempt,
  state: RecordedState,
  load: Load,
  gone: readonly string[],
): Promise<LoadedTable[]> {
  const { run, name } = attempt;
  // Had the transaction been given up before its first statement came, that one would commit itself.
  await client.run('ALTER SESSION SET AUTOCOMMIT = FALSE', run('begin'));
  await client.run('BEGIN', run('begin'));
  try {
    await moveLedger(client, place, { publication, attempt: name, state }, run('ledger'));
    const loaded: LoadedTable[] = [];
    for (const [i, table] of publication.tables.entries()) loaded.push(await loadTable(load, i, table));
    for (const table of gone) loaded.push(await emptyTable(load, table));
    const ours = await client.value(
      `SELECT COUNT(*) FROM ${ledgerTable(place, publication.pipeline)} WHERE "ATTEMPT" = '${name}'`,
      run('check'),
    );
    if (Number(ours) !== 1) throw fenced({ name: publication.pipeline });
    await wanted.onStep?.('checked');
    await client.run('COMMIT', run('commit'));
    await client.run('ALTER SESSION SET AUTOCOMMIT = TRUE', run('commit'));
    return loaded;
  } catch (error) {
    // Who cannot be reached cannot be told; Snowflake gives the transaction up by itself.
    if (error instanceof StrataError && error.code === 'unreachable') throw error;
    // Not with the caller's signal: an aborted load must let go of its locks.
    await client.run('ROLLBACK', { tag: { pipeline: publication.pipeline, step: 'rollback' } }).catch(() => {});
    throw error;
  }
}

/**
 * Drops what readers of the cut before needed. DDL cannot be fenced by a transaction, so the ledger is asked before each
 * statement whether it is still this publication's.
 */
async function finishLeftovers(
  { client, place, publication }: Publishing,
  attempt: Attempt,
  row: LedgerRow,
): Promise<void> {
  const { pipeline } = publication;
  if (row.attempt === null || row.state.leftovers.length === 0) return;
  for (const statement of row.state.leftovers) {
    const now = await readLedger(client, place, pipeline, attempt.run('leftovers'));
    if (now?.attempt !== row.attempt) return;
    await client.run(statement, attempt.run('leftovers'));
  }
  await clearLeftovers(
    client,
    place,
    { pipeline, attempt: row.attempt, state: row.state ?? NOTHING },
    attempt.run('leftovers'),
  );
}

/** Is this the kind of failure after which nobody knows whether the commit came through? */
export const mayBeCommitted = (error: unknown): boolean =>
  error instanceof StrataError &&
  (error.code === 'unreachable' || error.code === 'internal' || error.code === 'cancelled');
