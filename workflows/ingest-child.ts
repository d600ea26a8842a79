import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { IngestInput, IngestResult } from '../activities/run.types.ts';
import { printInterval } from '../core/interval.ts';
import { workflowIds } from '../core/workflow-ids.ts';
import { waiting } from './activity-proxies.ts';
import type { ingest } from './ingest.workflow.ts';
import { resultOfStarted } from './started-child.ts';

/** Runs the ingest as a child, or waits for the one that is running over the same range for another run. */
export async function ingestOrAttach(input: IngestInput): Promise<IngestResult> {
  const workflowId = workflowIds.ingest(input.env, input.dataset, input.interval);
  for (;;) {
    try {
      return await resultOfStarted(() =>
        startChild<typeof ingest>('ingest', {
          workflowId,
          args: [input],
          // A run that is terminated takes no one's cleanup away: the ingest releases its claim.
          parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
          staticSummary: `${input.dataset} ${printInterval(input.interval)}`,
        }),
      );
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      const result = await waiting.awaitIngest({ workflowId });
      // Nothing: it was cancelled, terminated or failed. That was the other run's business; ours still needs the range.
      if (result) return result;
    }
  }
}
