import {
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { ReprocessWanted, RequiredBronze } from '../activities/converge.types.ts';
import { workflowIds } from '../core/workflow-ids.ts';
import { ASK_AGAIN_MILLIS } from './activity-profiles.ts';
import { control } from './activity-proxies.ts';
import { type ConvergeOutcome, convergedSignal, withdrawSignal } from './messages.ts';

export interface CutWanted {
  readonly env: string;
  readonly pipeline: string;
  readonly required: RequiredBronze;
  readonly reprocess: ReprocessWanted | undefined;
}

/**
 * Asks converge for a cut that holds the required bronze and waits for it. Asked again on a timer: converge may have been
 * terminated, and asking twice is asking once.
 */
export async function awaitCut({ env, pipeline, required, reprocess }: CutWanted): Promise<ConvergeOutcome> {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  const id = `${workflowId}#${firstExecutionRunId}`;
  let outcome: ConvergeOutcome | undefined;
  setHandler(convergedSignal, (answer) => {
    if (answer.id === id) outcome = answer;
  });
  try {
    for (let wait: number = ASK_AGAIN_MILLIS.first; ; wait = Math.min(2 * wait, ASK_AGAIN_MILLIS.longest)) {
      await control.askConverge({ env, pipeline, request: { id, workflowId, required, reprocess } });
      await condition(() => outcome !== undefined, wait);
      if (outcome !== undefined) return outcome;
    }
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => withdraw(env, pipeline, id));
    throw error;
  }
}

async function withdraw(env: string, pipeline: string, id: string): Promise<void> {
  try {
    await getExternalWorkflowHandle(workflowIds.converge(env, pipeline)).signal(withdrawSignal, id);
  } catch {
    // It ended already: there is nothing to withdraw from.
  }
}
