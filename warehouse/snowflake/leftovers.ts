import { StrataError } from '../../core/errors.ts';
import type { RunOptions, SnowflakeClient } from './client.ts';
import { clearLeftovers, type RecordedState, readLedger } from './ledger.ts';
import type { Place } from './names.ts';

/** Whose leftovers these are. */
export interface Leaver {
  readonly attempt: string;
  readonly state: RecordedState;
}

export interface Whose {
  readonly client: SnowflakeClient;
  readonly place: Place;
  readonly pipeline: string;
}

/**
 * After a commit: views become those of the new cut, and what only readers of the cut before needed goes. DDL cannot be
 * fenced by a transaction, so the ledger is asked before each statement whether it is still this publication's.
 */
export async function finish(
  { client, place, pipeline }: Whose,
  { attempt, state }: Leaver,
  run: RunOptions,
  tolerant = false,
): Promise<void> {
  if (state.leftovers.length === 0) return;
  for (const statement of state.leftovers) {
    if ((await readLedger(client, place, pipeline, run)).attempt !== attempt) return;
    await client.run(statement, run).catch((error: unknown) => {
      // Else nobody could publish the correction of a view that Snowflake does not understand.
      if (!tolerant || !(error instanceof StrataError) || error.code !== 'bad_definition') throw error;
    });
  }
  await clearLeftovers(client, place, { pipeline, attempt, state }, run);
}

/** What a publisher left that died after its commit. */
export async function finishEarlier(whose: Whose, run: RunOptions): Promise<void> {
  const { attempt, state } = await readLedger(whose.client, whose.place, whose.pipeline, run);
  if (attempt !== null) await finish(whose, { attempt, state }, run, true);
}
