import { WorkflowExecutionAlreadyStartedError, WorkflowIdReusePolicy } from '@temporalio/common';
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
        // A night that is run again finds nothing new, and looks no second time; a look that failed is made up for.
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
        args: [{ model, asOf: day }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        cancellationType: ChildWorkflowCancellationType.ABANDON,
        staticSummary: `${model}, as of ${day}`,
      });
    } catch (error) {
      // Another run of the same night, or a person, has started it, now or before.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }
}
