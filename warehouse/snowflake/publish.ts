import { StrataError } from '../../core/errors.ts';
import type { LoadedTable, PublishStep } from '../warehouse.ts';
import type { Attempt, Publishing } from './attempt.ts';
import { type Changes, planChanges } from './changes.ts';
import { cleanLeftovers, cleanUp } from './clean-staging.ts';
import { createLedger, createSchemas, fence, ledgerTable, moveLedger } from './ledger.ts';
import { finish } from './leftovers.ts';
import { emptyTable, fenced, type Load, loadTable } from './load-table.ts';
import { createStages } from './stages.ts';
import { type Staging, stagingOf } from './staging.ts';
import { copyIn, createStagingTable } from './staging-table.ts';
import { upload } from './upload.ts';

/**
 * What needs no virtual warehouse and may take long comes first: the files' way to the stage. Then all the rest in one
 * stretch: what the ledger remembers, DDL, COPY into staging tables and one transaction. So a publication wakes the
 * virtual warehouse once, however many tables it has.
 * @param first the pipeline has no ledger yet
 */
export async function publishOnce(publishing: Publishing, attempt: Attempt, first: boolean): Promise<LoadedTable[]> {
  const { client, options, place, publication, session, wanted } = publishing;
  const { tables } = publication;
  const { run } = attempt;
  const staging = stagingOf(place, options, attempt.name, tables);
  const step = async (done: PublishStep) => wanted.onStep?.(done);

  if (first) await createSchemas(client, place, run('ledger'));
  await createStages(client, staging, run('stage'));
  if (publishing.cleanBefore) await cleanLeftovers(client, staging, publishing.cleanBefore, run('clean'));
  for (const [i, table] of tables.entries()) await upload(client, staging, session, i, table, run('upload'));
  await step('copied');

  if (first) await createLedger(client, place, publication.pipeline, run('ledger'));
  const changes = await planChanges(publishing, attempt).catch(async (error) => {
    await cleanUp(client, staging, 0, run('clean')).catch(() => {});
    throw error;
  });
  for (const statement of changes.before) await client.run(statement, run('shape'));
  for (const [i, table] of tables.entries()) await createStagingTable(client, staging, i, table, run('staging'));
  for (const [i, table] of tables.entries()) await copyIn(client, staging, i, table, run('copy'));
  await step('loaded');

  const loaded = await transaction(publishing, attempt, staging, changes);
  await step('installed');
  const { state } = changes;
  await finish({ client, place, pipeline: publication.pipeline }, { attempt: attempt.name, state }, run('leftovers'));
  await cleanUp(client, staging, tables.length, run('clean'));
  return loaded;
}

async function transaction(
  { client, place, publication, wanted }: Publishing,
  attempt: Attempt,
  staging: Staging,
  { within, gone, state }: Changes,
): Promise<LoadedTable[]> {
  const { run, name } = attempt;
  const load: Load = { client, staging, fence: fence(place, publication.pipeline, name), run };
  // Had the transaction been given up before its first statement came, that one would commit itself.
  await client.run('ALTER SESSION SET AUTOCOMMIT = FALSE', run('begin'));
  await client.run('BEGIN', run('begin'));
  try {
    await moveLedger(client, place, { publication, attempt: name, state }, run('ledger'));
    for (const statement of within(load.fence)) await client.run(statement, run('rename'));
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

/** Is this the kind of failure after which nobody knows whether the commit came through? */
export const mayBeCommitted = (error: unknown): boolean =>
  error instanceof StrataError &&
  (error.code === 'unreachable' || error.code === 'internal' || error.code === 'cancelled');
