import { WorkflowNotFoundError } from '@temporalio/client';
import { Option } from 'commander';
import { StrataError } from '../../core/errors.ts';
import { pipelineNamed } from '../../core/graph.ts';
import type { Register } from '../cli.ts';
import { describeRun } from '../describe-run.ts';
import { duration } from '../human.ts';
import { wholeNumber } from '../option-values.ts';
import { listRuns, type RunInfo, type RunStatus, STATUSES } from '../run-list.ts';
import { withTemporal } from '../temporal.ts';
import { textTable } from '../text-table.ts';

export const runs: Register = (parent, cli) => {
  const group = parent.command('runs').description('runs and backfills, as Temporal knows them');
  ls(group, cli);
  group
    .command('describe <id>')
    .description('one run, its datasets, its result or why it failed')
    .action(
      cli.action<[string]>(async ({ settings, out }, [id]) => {
        await withTemporal(settings, async (client) => {
          const { value, text } = await describeRun(client, id).catch(unknownRun(id));
          out.data(value, () => text);
        });
        return undefined;
      }),
    );
  group
    .command('cancel <id>')
    .description('ask a run or backfill to end; what it has committed stays')
    .action(
      cli.action<[string]>(async ({ settings, out }, [id]) => {
        await withTemporal(settings, async (client) => {
          await client.workflow.getHandle(id).cancel().catch(unknownRun(id));
          out.data({ workflowId: id, done: 'cancel requested' }, () => `${id}: asked to end`);
        });
        return undefined;
      }),
    );
};

interface LsOptions {
  readonly pipeline?: string;
  readonly status?: RunStatus;
  readonly limit: number;
  readonly all?: boolean;
}

/** What moves data to a warehouse. */
const LOADS = ['run', 'backfill', 'publish'] as const;
/** Their parts, and what is done for models: a scoring each hour would hide the night's run. */
const REST = ['ingest', 'converge', 'drift_and_retrain', 'hourly_fraud_detection'] as const;

const ls: Register = (parent, cli) => {
  parent
    .command('ls')
    .description('newest first')
    .option('--pipeline <name>', 'of this pipeline only')
    .addOption(new Option('--status <status>', 'in this state only').choices(STATUSES))
    .option('--limit <n>', 'at most so many', wholeNumber, 20)
    .option('--all', 'also ingests, convergence, retrainings and scorings')
    .action(
      cli.action<[], LsOptions>(async (context, _, { pipeline, status, limit, all }) => {
        const project = await context.project();
        if (pipeline !== undefined) pipelineNamed(project, pipeline);
        const kinds = [...LOADS, ...(all ? REST : [])];
        const filter = { kinds, pipeline, status, limit };
        const found = await withTemporal(context.settings, (client) =>
          listRuns(client, project, context.settings.env, filter),
        );
        context.out.data(found, () => printRuns(found));
        return undefined;
      }),
    );
};

export function printRuns(found: readonly RunInfo[]): string {
  if (found.length === 0) return 'no runs';
  return textTable(
    ['workflow id', 'status', 'state', 'started (UTC)', 'took'],
    found.map((r) => [r.workflowId, r.status, r.state, r.startedAt.slice(0, 19).replace('T', ' '), duration(r.millis)]),
  );
}

/** What a call about a workflow that is not there means. */
export const unknownRun =
  (id: string) =>
  (error: unknown): never => {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new StrataError('bad_input', `There is no run ${id}`, {
      hint: 'Its id is shown by `strata runs ls`; a run that is over cannot be cancelled.',
      cause: error,
    });
  };
