import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import type { RetrainingState } from '../workflows/messages.ts';
import type { RetrainingSummary } from '../workflows/retrain.workflow.ts';
import type { Context } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { failureOf } from './watch-workflow.ts';

const LOOK_EVERY_MILLIS = 500;

/**
 * Prints each step as it is done. Ends with the workflow, or where it waits for days: for a person, or watching the new
 * champion. Ctrl-C leaves it running.
 */
export async function watchRetraining({ out }: Context, handle: WorkflowHandle, watch: boolean): Promise<number> {
  const { workflowId } = handle;
  if (!watch) {
    out.data({ workflowId, status: 'running' }, () => `started ${workflowId}`);
    return EXIT.ok;
  }
  let shown = 0;
  let state = '';
  const ended = end(handle);
  for (;;) {
    const done = await Promise.race([ended, sleep(LOOK_EVERY_MILLIS).then(() => undefined)]);
    const seen = await handle.query<RetrainingState>('retraining').catch(() => undefined);
    for (const { step, result, evidence } of seen?.lines.slice(shown) ?? []) {
      out.note(`  ${step}: ${result}${evidence ? `\n    ${evidence}` : ''}`);
    }
    shown = seen?.lines.length ?? shown;
    if (seen && seen.state !== state) {
      state = seen.state;
      out.note(state);
    }
    if (done?.kind === 'failed') {
      out.note(`${workflowId} failed: ${done.message}`);
      if (out.json) out.data({ workflowId, status: 'failed', message: done.message }, () => '');
      return EXIT.failed;
    }
    if (done) {
      const { outcome, champion } = done.result;
      const serves = champion === null ? 'nobody' : `version ${champion}`;
      out.data({ workflowId, status: 'completed', ...done.result }, () => `${outcome}; the champion is ${serves}`);
      return EXIT.ok;
    }
    if (state === 'waiting for approval' || state === 'watching') {
      out.data({ workflowId, status: 'running', state }, () => LATER[state as keyof typeof LATER](workflowId));
      return EXIT.ok;
    }
  }
}

const LATER = {
  'waiting for approval': (id: string) => `A person decides: npx strata retrain approve '${id}' --why '...', or reject`,
  watching: (id: string) => `The new champion serves and is watched: npx strata retrain describe '${id}'`,
};

type End = { kind: 'completed'; result: RetrainingSummary } | { kind: 'failed'; message: string };

async function end(handle: WorkflowHandle): Promise<End> {
  try {
    return { kind: 'completed', result: (await handle.result()) as RetrainingSummary };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return { kind: 'failed', message: failureOf(error.cause).message };
  }
}
