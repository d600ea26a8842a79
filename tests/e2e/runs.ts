import type { Client, WorkflowHandle } from '@temporalio/client';
import { queueName } from '../../core/queue-names.ts';
import { dateOfDay } from './company.sources.ts';
import { type Company, PIPELINE } from './company.ts';

/** Starts a workflow as somebody in Temporal's UI would: type, id and JSON. */
export function start(company: Company, type: string, workflowId: string, input?: unknown): Promise<WorkflowHandle> {
  const taskQueue = queueName(company.settings.env, 'control');
  return company.client.workflow.start(type, { workflowId, taskQueue, args: input === undefined ? [] : [input] });
}

export const startRun = (company: Company, from: number, to = from): Promise<WorkflowHandle> =>
  start(company, PIPELINE, `run of ${from} to ${to}`, { from: dateOfDay(from), to: dateOfDay(to) });

/** What an installation's workflows wait for with a failed attempt behind them: activity -> its last failure. */
export async function retrying({ client }: { readonly client: Client }): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { workflowId, runId } of client.workflow.list({ query: "ExecutionStatus = 'Running'" })) {
    const { raw } = await client.workflow.getHandle(workflowId, runId).describe();
    for (const { activityType, lastFailure } of raw.pendingActivities ?? []) {
      if (lastFailure?.message) found[`${activityType?.name} of ${workflowId}`] = lastFailure.message;
    }
  }
  return found;
}
