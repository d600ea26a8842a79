import {
  type Client,
  type ScheduleDescription,
  ScheduleNotFoundError,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import type { Pipeline } from '../core/pipeline.ts';
import { queueName } from '../core/queue-names.ts';
import { workflowIds } from '../core/workflow-ids.ts';
import { calendarOf, canonicalCron, cronOnServer } from './cron.ts';

/** What decides how a schedule behaves, as text, so that code and server can be compared and shown. */
export interface ScheduleShape {
  readonly cron: string;
  readonly workflow: string;
  readonly workflowId: string;
  readonly queue: string;
  readonly overlap: string;
  readonly catchup: string;
}

export interface ScheduleChange {
  readonly id: string;
  readonly pipeline: string;
  readonly change: 'create' | 'update' | 'none' | 'not in code';
  readonly differences: readonly { readonly what: string; readonly server?: string; readonly code?: string }[];
}

/** Longest outage after which missed runs are still made up for; older ones are a backfill's. */
const CATCHUP_DAYS = 7;
const DAY = 86_400_000;

export const shapeOf = ({ name, schedule }: Pipeline, env: string): ScheduleShape => ({
  cron: canonicalCron(schedule!.cron, name),
  workflow: name,
  // Temporal appends the nominal time.
  workflowId: `run/${env}/${name}/scheduled`,
  queue: queueName(env, 'control'),
  overlap: ScheduleOverlapPolicy.BUFFER_ALL,
  catchup: `${CATCHUP_DAYS} days`,
});

export function shapeOnServer({ spec, action, policies }: ScheduleDescription): ScheduleShape {
  return {
    cron: cronOnServer(spec),
    workflow: action.workflowType,
    workflowId: action.workflowId ?? '',
    queue: action.taskQueue ?? '',
    overlap: policies.overlap ?? '',
    catchup: `${policies.catchupWindow / DAY} days`,
  };
}

export function scheduleOptions(
  pipeline: Pipeline,
  env: string,
): Omit<ScheduleOptions, 'scheduleId' | 'memo' | 'state'> {
  const { cron, workflow, workflowId, queue } = shapeOf(pipeline, env);
  return {
    spec: { calendars: [calendarOf(pipeline.schedule!.cron, pipeline.name)], timezone: 'UTC' },
    action: {
      type: 'startWorkflow',
      workflowType: workflow,
      workflowId,
      taskQueue: queue,
      args: [{}],
      staticSummary: `scheduled, ${cron} UTC`,
    },
    // No interval may be skipped because the one before takes long.
    policies: { overlap: ScheduleOverlapPolicy.BUFFER_ALL, catchupWindow: CATCHUP_DAYS * DAY },
  };
}

/** What would have to change on the server, in the order of the code. */
export async function planSchedules(
  client: Client,
  env: string,
  pipelines: readonly Pipeline[],
): Promise<ScheduleChange[]> {
  const scheduled = pipelines.filter((p) => p.schedule !== undefined);
  const changes: ScheduleChange[] = [];
  for (const pipeline of scheduled) {
    const id = workflowIds.schedule(env, pipeline.name);
    const code = shapeOf(pipeline, env);
    const server = await describe(client, id);
    const differences = differencesOf(server && shapeOnServer(server), code);
    const change = !server ? 'create' : differences.length > 0 ? 'update' : 'none';
    changes.push({ id, pipeline: pipeline.name, change, differences });
  }
  const known = new Set(changes.map(({ id }) => id));
  for (const id of await schedulesOf(client, env)) {
    if (known.has(id)) continue;
    changes.push({
      id,
      pipeline: id.slice(workflowIds.schedule(env, '').length),
      change: 'not in code',
      differences: [],
    });
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
