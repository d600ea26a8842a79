import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { Night } from './side.ts';

/** Workers take milliseconds to pick something up: shorter ones are left out. */
const WORTH_A_LINE_SECONDS = 0.05;

/** Every activity of the workflows started since `began`, from their histories; seconds from then. */
export async function activityTimes(client: Client, began: number): Promise<Night['steps']> {
  const since = new Date(began - 1000).toISOString();
  const steps: Night['steps'][number][] = [];
  for await (const { workflowId, runId } of client.workflow.list({ query: `StartTime >= '${since}'` })) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const started = new Map<string, number>();
    const names = new Map<string, string>();
    for (const event of events ?? []) {
      const at = seconds(event.eventTime) - began / 1000;
      const { activityTaskScheduledEventAttributes: scheduled } = event;
      if (scheduled) {
        const input = scheduled.input?.payloads?.[0];
        const about = input ? subject(defaultPayloadConverter.fromPayload(input)) : '';
        names.set(String(event.eventId), `${scheduled.activityType?.name} ${about}`.trim());
      }
      const { activityTaskStartedEventAttributes: start, activityTaskCompletedEventAttributes: end } = event;
      if (start) started.set(String(start.scheduledEventId), at);
      const id = String(end?.scheduledEventId);
      const begin = started.get(id);
      if (end && begin !== undefined && at - begin >= WORTH_A_LINE_SECONDS)
        steps.push({ step: names.get(id) ?? '?', begin, seconds: at - begin });
    }
  }
  return steps.sort((a, b) => a.begin - b.begin);
}

function subject(input: unknown): string {
  const { dataset, task } = input as {
    dataset?: string;
    task?: { kind: string; dataset: string; partitions: string[] };
  };
  return task ? `${task.kind} ${task.dataset}` : (dataset ?? '');
}

const seconds = (time: { seconds?: unknown; nanos?: number | null } | null | undefined): number =>
  Number(time?.seconds ?? 0) + (time?.nanos ?? 0) / 1e9;
