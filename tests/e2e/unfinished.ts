import type { WorkflowClient } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

const { PendingActivityState, PendingWorkflowTaskState } = temporal.api.enums.v1;

/** What the running workflows of a namespace wait for, for people who look for what hangs: a line for each thing. */
export async function unfinished(client: WorkflowClient): Promise<string> {
  const lines: string[] = [];
  for await (const { workflowId, runId } of client.list({ query: "ExecutionStatus = 'Running'" })) {
    const { raw, historyLength } = await client.getHandle(workflowId, runId).describe();
    lines.push(`${workflowId}: ${historyLength} events`);
    const { pendingWorkflowTask: task } = raw;
    if (task) {
      const since = task.startedTime ? `started ${ago(task.startedTime)}` : `scheduled ${ago(task.scheduledTime)}`;
      lines.push(`  workflow task ${nameIn(PendingWorkflowTaskState, task.state)}, attempt ${task.attempt}, ${since}`);
    }
    for (const activity of raw.pendingActivities ?? []) {
      const state = nameIn(PendingActivityState, activity.state);
      const times = `started ${ago(activity.lastStartedTime)}, alive ${ago(activity.lastHeartbeatTime)}`;
      const failure = activity.lastFailure?.message ?? 'none';
      lines.push(
        `  activity ${activity.activityType?.name} ${state}, attempt ${activity.attempt}, ${times}, at ${activity.lastWorkerIdentity}, failure: ${failure}`,
      );
    }
    for (const child of raw.pendingChildren ?? []) lines.push(`  child ${child.workflowId}`);
  }
  return lines.join('\n');
}

const nameIn = (names: object, value: unknown): string =>
  Object.entries(names).find(([, number]) => number === value)?.[0] ?? String(value);

const ago = (time: { seconds?: unknown } | null | undefined): string =>
  time ? `${Math.round(Date.now() / 1000 - Number(time.seconds))} s ago` : 'never';
