import { type Client, WorkflowExecutionAlreadyStartedError, type WorkflowHandle } from '@temporalio/client';
import type { CheckedBackfill } from '../activities/run-input.ts';
import { printInterval } from '../core/interval.ts';
import { queueName } from '../core/queue-names.ts';
import { workflowIds } from '../core/workflow-ids.ts';

/** Two people may count to the same number at once; this often the next one is tried. */
const TRIES = 20;

/** Starts a backfill under the next free number of its range. */
export async function startBackfill(
  client: Client,
  env: string,
  { pipeline, interval }: CheckedBackfill,
  input: unknown,
): Promise<WorkflowHandle> {
  const idOf = (n: number) => workflowIds.backfill(env, pipeline.name, interval, n);
  const prefix = idOf(0).slice(0, -1);
  let n = 1;
  for await (const { workflowId } of client.workflow.list({ query: `WorkflowId STARTS_WITH '${prefix}'` })) {
    n = Math.max(n, Number(workflowId.slice(prefix.length)) + 1);
  }
  for (let attempt = 1; ; attempt++, n++) {
    try {
      return await client.workflow.start('backfill', {
        workflowId: idOf(n),
        taskQueue: queueName(env, 'control'),
        args: [input],
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        staticSummary: `${pipeline.name} ${printInterval(interval)}`,
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError) || attempt === TRIES) throw error;
    }
  }
}
