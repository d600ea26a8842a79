import { type Client, type ScheduleDescription, ScheduleNotFoundError, type ScheduleOptions } from '@temporalio/client';
import { queueName } from '../core/queue-names.ts';
import type { Scheduled } from '../core/scheduled.ts';
import { workflowIds } from '../core/workflow-ids.ts';
import { calendarOf, canonicalCron, cronOnServer } from './cron.ts';

/** What decides how a schedule behaves, as text, so that code and server can be compared and shown. */
export interface ScheduleShape {
  readonly cron: string;
  readonly workflow: string;
  readonly workflowId: string;
  readonly input: string;
  readonly queue: string;
  readonly overlap: string;
  readonly catchup: string;
}

export interface ScheduleChange {
  readonly id: string;
  readonly name: string;
  readonly change: 'create' | 'update' | 'none' | 'not in code';
  readonly differences: readonly { readonly what: string; readonly server?: string; readonly code?: string }[];
}

const HOUR = 3_600_000;

export const shapeOf = (
  { name, schedule, workflow, workflowId, input, overlap, catchupHours }: Scheduled,
  env: string,
): ScheduleShape => ({
  cron: canonicalCron(schedule.cron, name),
  workflow,
  workflowId: workflowId(env),
  input: JSON.stringify(input),
  queue: queueName(env, 'control'),
  overlap,
  catchup: `${catchupHours} hours`,
});

export function shapeOnServer({ spec, action, policies }: ScheduleDescription): ScheduleShape {
  return {
    cron: cronOnServer(spec),
    workflow: action.workflowType,
    workflowId: action.workflowId ?? '',
    input: JSON.stringify(action.args?.[0]),
    queue: action.taskQueue ?? '',
    overlap: policies.overlap ?? '',
    catchup: `${policies.catchupWindow / HOUR} hours`,
  };
}

export function scheduleOptions(
  scheduled: Scheduled,
  env: string,
): Omit<ScheduleOptions, 'scheduleId' | 'memo' | 'state'> {
  const { cron, workflow, workflowId, queue } = shapeOf(scheduled, env);
  return {
    spec: { calendars: [calendarOf(scheduled.schedule.cron, scheduled.name)], timezone: 'UTC' },
    action: {
      type: 'startWorkflow',
      workflowType: workflow,
      workflowId,
      taskQueue: queue,
      args: [scheduled.input],
      staticSummary: `scheduled, ${cron} UTC`,
    },
    policies: { overlap: scheduled.overlap, catchupWindow: scheduled.catchupHours * HOUR },
  };
}

/** What would have to change on the server, in the order of the code. */
export async function planSchedules(
  client: Client,
  env: string,
  scheduled: readonly Scheduled[],
): Promise<ScheduleChange[]> {
  const changes: ScheduleChange[] = [];
  for (const each of scheduled) {
    const id = workflowIds.schedule(env, each.name);
    const code = shapeOf(each, env);
    const server = await describe(client, id);
    const differences = differencesOf(server && shapeOnServer(server), code);
    const change = !server ? 'create' : differences.length > 0 ? 'update' : 'none';
    changes.push({ id, name: each.name, change, differences });
  }
  const known = new Set(changes.map(({ id }) => id));
  for (const id of await schedulesOf(client, env)) {
    if (known.has(id)) continue;
    const name = id.slice(workflowIds.schedule(env, '').length);
    changes.push({ id, name, change: 'not in code', differences: [] });
  }
  return changes;
}

/** Ids of all schedules of an environment. */
export async function schedulesOf(client: Client, env: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { scheduleId } of client.schedule.list()) {
    if (scheduleId.startsWith(workflowIds.schedule(env, ''))) ids.push(scheduleId);
  }
  return ids.sort();
}

async function describe(client: Client, id: string): Promise<ScheduleDescription | undefined> {
  try {
    return await client.schedule.getHandle(id).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

function differencesOf(server: ScheduleShape | undefined, code: ScheduleShape): ScheduleChange['differences'] {
  return (Object.keys(code) as (keyof ScheduleShape)[])
    .filter((what) => server?.[what] !== code[what])
    .map((what) => ({ what, code: code[what], ...(server ? { server: server[what] } : {}) }));
}
