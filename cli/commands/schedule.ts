import { type Client, ScheduleNotFoundError } from '@temporalio/client';
import type { Command } from 'commander';
import { checkRun } from '../../activities/run-input.ts';
import { StrataError } from '../../core/errors.ts';
import { instantFromMillis } from '../../core/instant.ts';
import { printInterval } from '../../core/interval.ts';
import type { Project } from '../../core/project.ts';
import { scheduledNamed, scheduledOf } from '../../core/scheduled.ts';
import { suggestion } from '../../core/suggest.ts';
import { workflowIds } from '../../core/workflow-ids.ts';
import type { Cli, Register } from '../cli.ts';
import type { Context } from '../context.ts';
import { cronOnServer } from '../cron.ts';
import { planSchedules, type ScheduleChange, scheduleOptions, schedulesOf } from '../schedule-plan.ts';
import { withTemporal } from '../temporal.ts';
import { textTable } from '../text-table.ts';

export const schedule: Register = (parent, cli) => {
  const group = parent
    .command('schedule')
    .description('schedules on the server: of pipelines, retrainings, scorings; times are UTC');
  apply(group, cli);
  ls(group, cli);
  one(group, cli, 'pause', 'start no runs until resumed', async (context, client, name) => {
    await handleOf(client, context, name).pause('paused by strata');
    return 'paused';
  });
  one(
    group,
    cli,
    'resume',
    'start runs again; missed ones are made up for within the catch-up window',
    async (context, client, name) => {
      await handleOf(client, context, name).unpause('resumed by strata');
      return 'resumed';
    },
  );
  one(group, cli, 'trigger', 'start now; a pipeline runs over the last complete interval', trigger);
};

const apply: Register = (parent, cli) => {
  parent
    .command('apply')
    .description('show how the schedules on the server differ from the code, then make them the same')
    .option('--dry-run', 'show only')
    .option('--prune', 'delete schedules of this environment that the code does not have')
    .action(
      cli.action<[], { dryRun?: boolean; prune?: boolean }>(async (context, _, { dryRun, prune }) => {
        const { env } = context.settings;
        const scheduled = scheduledOf(await context.project());
        await withTemporal(context.settings, async (client) => {
          const changes = await planSchedules(client, env, scheduled);
          if (!context.out.json || dryRun)
            context.out.data(changes, () => changes.map((c) => printChange(c, prune)).join('\n'));
          if (dryRun) return;
          for (const change of changes) await applyOne(context, client, change, prune ?? false);
          if (context.out.json) context.out.data(changes, () => '');
        });
        return undefined;
      }),
    );
};

function printChange({ id, change, differences }: ScheduleChange, prune = false): string {
  const mark = { create: '+', update: '~', none: '=', 'not in code': prune ? '-' : '?' }[change];
  const what = change === 'not in code' ? (prune ? 'deleted' : 'not in the code; --prune deletes it') : change;
  const lines = differences.map(
    ({ what, server, code }) => `    ${what}: ${server === undefined ? code : `${server} -> ${code}`}`,
  );
  return [`${mark} ${id}  ${what === 'none' ? 'as in the code' : what}`, ...lines].join('\n');
}

async function applyOne(
  context: Context,
  client: Client,
  { id, name, change }: ScheduleChange,
  prune: boolean,
): Promise<void> {
  if (change === 'not in code' && prune) await client.schedule.getHandle(id).delete();
  if (change !== 'create' && change !== 'update') return;
  const options = scheduleOptions(scheduledNamed(await context.project(), name), context.settings.env);
  if (change === 'create') await client.schedule.create({ scheduleId: id, ...options });
  // Whether it is paused is the server's business: an update must not start it again.
  else await client.schedule.getHandle(id).update(({ state }) => ({ ...options, state }));
}

const ls: Register = (parent, cli) => {
  parent
    .command('ls')
    .description('schedules on the server')
    .action(
      cli.action(async ({ settings, out }) => {
        const rows = await withTemporal(settings, async (client) => {
          const ids = await schedulesOf(client, settings.env);
          return Promise.all(
            ids.map(async (id) => {
              const { spec, state, info, action } = await client.schedule.getHandle(id).describe();
              const last = info.recentActions.at(-1);
              return {
                id,
                name: id.slice(workflowIds.schedule(settings.env, '').length),
                workflow: action.workflowType,
                cron: cronOnServer(spec),
                paused: state.paused,
                next: state.paused ? undefined : info.nextActionTimes[0]?.toISOString(),
                last: last?.scheduledAt.toISOString(),
                lastWorkflowId: last?.action.type === 'startWorkflow' ? last.action.workflow.workflowId : undefined,
              };
            }),
          );
        });
        out.data(rows, () =>
          rows.length === 0
            ? 'no schedules; `strata schedule apply` makes those of the code'
            : textTable(
                ['name', 'cron (UTC)', 'state', 'next', 'last'],
                rows.map((r) => [r.name, r.cron, r.paused ? 'paused' : 'active', r.next, r.last]),
              ),
        );
        return undefined;
      }),
    );
};

type OnSchedule = (context: Context, client: Client, name: string) => Promise<string>;

function one(group: Command, cli: Cli, verb: string, about: string, work: OnSchedule): void {
  group
    .command(`${verb} <name>`)
    .description(about)
    .action(
      cli.action<[string]>(async (context, [name]) => {
        refuseUnknown(await context.project(), name);
        await withTemporal(context.settings, async (client) => {
          const done = await work(context, client, name).catch((error) => {
            throw error instanceof ScheduleNotFoundError ? noSchedule(name, error) : error;
          });
          const id = workflowIds.schedule(context.settings.env, name);
          context.out.data({ id, name, done }, () => `${id}: ${done}`);
        });
        return undefined;
      }),
    );
}

/** A schedule that the code no longer has may still be on the server: any pipeline's name will do. */
function refuseUnknown(project: Project, name: string): void {
  const names = [...project.pipelines, ...scheduledOf(project)].map((each) => each.name);
  if (names.includes(name)) return;
  throw new StrataError('bad_input', `Nothing is scheduled under the name ${name}`, {
    hint: suggestion(name, [...new Set(names)]),
  });
}

const handleOf = (client: Client, { settings }: Context, name: string) =>
  client.schedule.getHandle(workflowIds.schedule(settings.env, name));

/** Temporal gives what it starts the time of the trigger as nominal time; a run takes the interval that ended before. */
const trigger: OnSchedule = async (context, client, name) => {
  const project = await context.project();
  if (!project.pipelines.some((pipeline) => pipeline.name === name)) {
    await handleOf(client, context, name).trigger();
    return 'triggered';
  }
  const at = instantFromMillis(Date.now());
  const { interval } = checkRun(project, name, {}, { nominal: context.settings.now ?? at, now: context.now });
  await handleOf(client, context, name).trigger();
  return `triggered over ${printInterval(interval)}`;
};

function noSchedule(name: string, cause: unknown): StrataError {
  return new StrataError('bad_input', `${name} has no schedule on the server`, {
    hint: 'Run `strata schedule apply` first; its definition must have `schedule`.',
    cause,
  });
}
