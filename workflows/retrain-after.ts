import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ChildWorkflowCancellationType, ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { ResolvedRun } from '../activities/run.types.ts';
import { workflowIds } from '../core/workflow-ids.ts';
import type { retrain } from './retrain.workflow.ts';

/** Starts the retrainings that follow this run, and waits for none: a night is over when its data is published. */
export async function lookForDriftAfter({ env, interval, retrains = [] }: ResolvedRun): Promise<void> {
  const day = interval.end.slice(0, 10);
  for (const model of retrains) {
    try {
      await startChild<typeof retrain>('drift_and_retrain', {
        workflowId: workflowIds.retrain(env, model, day),
        args: [{ model, asOf: day }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        cancellationType: ChildWorkflowCancellationType.ABANDON,
        staticSummary: `${model}, as of ${day}`,
      });
    } catch (error) {
      // Another run of the same night, or a person, has started it.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }
}
