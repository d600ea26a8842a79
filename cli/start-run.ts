import type { Client, WorkflowHandle } from '@temporalio/client';
import { queueName } from '../core/queue-names.ts';
import type { Context } from './context.ts';
import { workerIsThere } from './temporal.ts';

export interface Start {
  /** Name of the workflow type. */
  readonly type: string;
  readonly id: string;
  readonly input: unknown;
  readonly summary: string;
}

/** Starts a workflow, or attaches to the one of this id that is running. */
export async function startOrAttach(context: Context, client: Client, start: Start): Promise<WorkflowHandle> {
  const { env } = context.settings;
  return client.workflow.start(start.type, {
    workflowId: start.id,
    taskQueue: queueName(env, 'control'),
    args: [start.input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    staticSummary: start.summary,
  });
}

/** Says so where nobody would do the work. */
export async function warnWithoutWorker(context: Context, client: Client): Promise<void> {
  const { env } = context.settings;
  if (await workerIsThere(client, env)) return;
  context.out.note(`warning: no worker asks for work of ${env}; start one: npx strata worker --env ${env}`);
}
