import { userInfo } from 'node:os';
import { type Client, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { checkRetraining } from '../../activities/retrain/retrain-input.ts';
import { StrataError } from '../../core/errors.ts';
import { parseWorkflowId, workflowIds } from '../../core/workflow-ids.ts';
import { decideUpdate } from '../../workflows/messages.ts';
import type { Register } from '../cli.ts';
import { describeRetraining, listRetrainings, printRetrainings } from '../retrainings.ts';
import { startOrAttach, warnWithoutWorker } from '../start-run.ts';
import { withTemporal } from '../temporal.ts';
import { watchRetraining } from '../watch-retraining.ts';

export const retrain: Register = (parent, cli) => {
  const group = parent.command('retrain').description('look for drift and train a model again where there is any');
  start(group, cli);
  ls(group, cli);
  describe(group, cli);
  decide('approve', 'the challenger becomes champion')(group, cli);
  decide('reject', 'the champion stays')(group, cli);
  cancel(group, cli);
};

interface StartOptions {
  readonly asOf?: string;
  readonly force: boolean;
  readonly watch: boolean;
}

const start: Register = (parent, cli) => {
  parent
    .command('start [model]')
    .description('drift_and_retrain; one that runs for this day is attached to')
    .option('--as-of <date>', 'the first day that is not looked at; default: today')
    .option('--force', 'train although nothing drifted', false)
    .option('--watch', 'follow it to its end (default)', true)
    .option('--no-watch', 'start it and return')
    .action(
      cli.action<[string | undefined], StartOptions>(async (context, [model], { asOf, force, watch }) => {
        const { settings, now } = context;
        const project = await context.project();
        const checked = checkRetraining(project, { model, asOf, force }, now);
        const day = checked.asOf.slice(0, 10);
        const name = checked.retraining.model;
        return withTemporal(settings, async (client) => {
          await warnWithoutWorker(context, client);
          const handle = await startOrAttach(context, client, {
            type: 'drift_and_retrain',
            id: workflowIds.retrain(settings.env, name, day),
            input: { model: name, asOf: day, force },
            summary: `${name}, as of ${day}`,
          });
          return watchRetraining(context, handle, watch);
        });
      }),
    );
};

const ls: Register = (parent, cli) => {
  parent
    .command('ls')
    .description('newest first')
    .action(
      cli.action<[]>(async ({ settings, out }) => {
        const found = await withTemporal(settings, (client) => listRetrainings(client, settings.env));
        out.data(found, () => printRetrainings(found));
        return undefined;
      }),
    );
};

const describe: Register = (parent, cli) => {
  parent
    .command('describe <id>')
    .description('what it has found so far, with the files of its evidence')
    .action(
      cli.action<[string]>(async ({ settings, out }, [id]) => {
        refuseOther(id);
        const found = await withTemporal(settings, (client) => describeRetraining(client, id).catch(unknown(id)));
        out.data(found.value, () => found.text);
        return undefined;
      }),
    );
};

interface DecideOptions {
  readonly why: string;
  readonly who?: string;
}

const decide =
  (verb: 'approve' | 'reject', about: string): Register =>
  (parent, cli) => {
    parent
      .command(`${verb} <id>`)
      .description(`${about}; of a retraining that waits for a person`)
      .requiredOption('--why <text>', 'kept in the history for whoever asks later')
      .option('--who <name>', 'default: the user who is logged in')
      .action(
        cli.action<[string], DecideOptions>(async ({ settings, out }, [id], { why, who }) => {
          refuseOther(id);
          const decision = { approve: verb === 'approve', who: who ?? userInfo().username, why };
          await withTemporal(settings, (client) => tell(client, id, decision));
          out.data({ workflowId: id, ...decision }, () =>
            `${id}: ${verb}d by ${decision.who}`.replace('rejectd', 'rejected'),
          );
          return undefined;
        }),
      );
  };

async function tell(client: Client, id: string, decision: { approve: boolean; who: string; why: string }) {
  await client.workflow
    .getHandle(id)
    .executeUpdate(decideUpdate, { args: [decision] })
    .catch((cause: unknown) => {
      if (!(cause instanceof WorkflowUpdateFailedError)) return unknown(id)(cause);
      throw new StrataError('bad_input', `${id} takes no decision now: ${cause.cause?.message ?? cause.message}`, {
        hint: 'See where it stands: strata retrain describe <id>.',
        cause,
      });
    });
}

const cancel: Register = (parent, cli) => {
  parent
    .command('cancel <id>')
    .description('end it; the champion stays who it is')
    .action(
      cli.action<[string]>(async ({ settings, out }, [id]) => {
        refuseOther(id);
        await withTemporal(settings, (client) => client.workflow.getHandle(id).cancel().catch(unknown(id)));
        out.data({ workflowId: id }, () => `${id}: asked to end`);
        return undefined;
      }),
    );
};

function refuseOther(id: string): void {
  if (parseWorkflowId(id)?.kind === 'retrain') return;
  throw new StrataError('bad_input', `Not the id of a retraining: ${id}`, {
    hint: 'Ids look like retrain/dev/<model>/2026-11-20; `strata retrain ls` shows them.',
  });
}

const unknown =
  (id: string) =>
  (error: unknown): never => {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new StrataError('bad_input', `There is no retraining ${id}, or it is over`, {
      hint: 'See `strata retrain ls`.',
      cause: error,
    });
  };
