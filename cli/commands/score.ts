import { retrainingNamed } from '../../activities/retrain/retrain-input.ts';
import { workflowIds } from '../../core/workflow-ids.ts';
import type { ScoringSummary } from '../../workflows/score.workflow.ts';
import type { Register } from '../cli.ts';
import { EXIT } from '../exit-codes.ts';
import { startOrAttach, warnWithoutWorker } from '../start-run.ts';
import { withTemporal } from '../temporal.ts';
import { watchWorkflow } from '../watch-workflow.ts';

export const score: Register = (parent, cli) => {
  parent
    .command('score [model]')
    .description('hourly_fraud_detection, now: the champion scores what is new; a scoring that runs is attached to')
    .action(
      cli.action<[string | undefined]>(async (context, [given]) => {
        const { settings, out } = context;
        const { model } = retrainingNamed(await context.project(), given);
        return withTemporal(settings, async (client) => {
          await warnWithoutWorker(context, client);
          const handle = await startOrAttach(context, client, {
            type: 'hourly_fraud_detection',
            id: workflowIds.score(settings.env, model),
            input: { model },
            summary: model,
          });
          const end = await watchWorkflow<ScoringSummary>(handle, out);
          if (end.kind === 'completed') {
            out.data({ workflowId: handle.workflowId, ...end.result }, () => printed(end.result));
            return EXIT.ok;
          }
          if (end.kind === 'detached') return EXIT.interrupted;
          out.note(`${handle.workflowId} ${end.kind}: ${end.message}`);
          return EXIT.failed;
        });
      }),
    );
};

const printed = ({ model, champion, days, rows, alerts, written, missing }: ScoringSummary): string =>
  champion === null
    ? `${model} has no champion yet, so nothing is scored; train one: npx strata retrain start ${model}`
    : `${model} version ${champion}: ${rows} rows of ${days} days scored, ${alerts} alerts; ${written} documents changed, ${missing} not found`;
