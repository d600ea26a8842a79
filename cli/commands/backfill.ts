import { type WorkflowHandle, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import type { Command } from 'commander';
import { StrataError } from '../../core/errors.ts';
import { pipelineNamed } from '../../core/graph.ts';
import { parseWorkflowId } from '../../core/workflow-ids.ts';
import { pauseSignal, resumeSignal, retryFailedUpdate } from '../../workflows/messages.ts';
import type { Cli, Register } from '../cli.ts';
import { describeRun } from '../describe-run.ts';
import { wholeNumber } from '../option-values.ts';
import { listRuns } from '../run-list.ts';
import { withTemporal } from '../temporal.ts';
import { backfillCreate } from './backfill-create.ts';
import { printRuns, unknownRun } from './runs.ts';

export const backfill: Register = (parent, cli) => {
  const group = parent.command('backfill').description('load or reload a range of intervals');
  backfillCreate(group, cli);
  ls(group, cli);
  describe(group, cli);
  tell(group, cli, 'pause', 'start no further ingests; those that run end', (h) =>
    h.signal(pauseSignal).then(() => 'paused'),
  );
  tell(group, cli, 'resume', 'go on', (h) => h.signal(resumeSignal).then(() => 'resumed'));
  tell(group, cli, 'retry-failed', 'try the failed ingests of a running backfill again', async (h) => {
    const again = await h.executeUpdate(retryFailedUpdate);
    return again === 0 ? 'no ingest has failed so far' : `${again} failed ingests are tried again`;
  });
  tell(group, cli, 'cancel', 'end it; what it has committed stays', (h) => h.cancel().then(() => 'asked to end'));
};

const ls: Register = (parent, cli) => {
  parent
    .command('ls')
    .description('newest first')
    .option('--pipeline <name>', 'of this pipeline only')
    .option('--limit <n>', 'at most so many', wholeNumber, 20)
    .action(
      cli.action<[], { pipeline?: string; limit: number }>(async (context, _, { pipeline, limit }) => {
        const project = await context.project();
        if (pipeline !== undefined) pipelineNamed(project, pipeline);
        const { env } = context.settings;
        const found = await withTemporal(context.settings, (client) =>
          listRuns(client, project, env, { kinds: ['backfill'], pipeline, limit }),
        );
        context.out.data(found, () => printRuns(found));
        return undefined;
      }),
    );
};

const describe: Register = (parent, cli) => {
  parent
    .command('describe <id>')
    .description('where it stands, what failed')
    .action(
      cli.action<[string]>(async ({ settings, out }, [id]) => {
        refuseOther(id);
        await withTemporal(settings, async (client) => {
          const { value, text } = await describeRun(client, id).catch(unknownRun(id));
          out.data(value, () => text);
        });
        return undefined;
      }),
    );
};

function tell(
  group: Command,
  cli: Cli,
  verb: string,
  about: string,
  work: (handle: WorkflowHandle) => Promise<string>,
): void {
  group
    .command(`${verb} <id>`)
    .description(about)
    .action(
      cli.action<[string]>(async ({ settings, out }, [id]) => {
        refuseOther(id);
        const done = await withTemporal(settings, (client) =>
          work(client.workflow.getHandle(id)).catch(notRunning(id)),
        );
        out.data({ workflowId: id, done }, () => `${id}: ${done}`);
        return undefined;
      }),
    );
}

function refuseOther(id: string): void {
  if (parseWorkflowId(id)?.kind === 'backfill') return;
  throw new StrataError('bad_input', `Not the id of a backfill: ${id}`, {
    hint: 'Ids look like backfill/dev/<pipeline>/[2026-11-01, 2026-11-12)/1; `strata backfill ls` shows them.',
  });
}

const notRunning =
  (id: string) =>
  (error: unknown): never => {
    const over = error instanceof WorkflowUpdateFailedError;
    if (!over && !(error instanceof WorkflowNotFoundError)) throw error;
    throw new StrataError('bad_input', over ? `The ingests of ${id} are over` : `No backfill ${id} is running`, {
      hint: 'See `strata backfill ls`; after its end, create one with --reprocess failed.',
      cause: error,
    });
  };
