import { checkRun } from '../../activities/run-input.ts';
import { printInterval } from '../../core/interval.ts';
import { workflowIds } from '../../core/workflow-ids.ts';
import type { Register } from '../cli.ts';
import { collect } from '../option-values.ts';
import { readParams } from '../params.ts';
import { inclusive } from '../run-input.ts';
import { startOrAttach, warnWithoutWorker } from '../start-run.ts';
import { withTemporal } from '../temporal.ts';
import { reportEnd } from '../watch-end.ts';

interface RunOptions {
  readonly from?: string;
  readonly to?: string;
  readonly param: readonly string[];
  readonly watch: boolean;
}

export const run: Register = (parent, cli) => {
  parent
    .command('run <pipeline>')
    .description('run a pipeline over a range of intervals; a range that is running is attached to')
    .option('--from <date>', 'first interval; default: the last complete one')
    .option('--to <date>', 'last interval, inclusive; default: --from')
    .option('--param <name=value>', 'a parameter of the pipeline; may be repeated', collect, [])
    .option('--watch', 'follow it to its end (default)', true)
    .option('--no-watch', 'start it and return')
    .action(
      cli.action<[string], RunOptions>(async (context, [name], { from, to, param, watch }) => {
        const { settings, now, out } = context;
        const project = await context.project();
        const params = readParams(await context.pipeline(name), param);
        const checked = checkRun(project, name, { from, to, params }, { nominal: now, now });
        const printed = printInterval(checked.interval);
        out.note(`${name} ${printed} in ${settings.env}`);
        return withTemporal(settings, async (client) => {
          await warnWithoutWorker(context, client);
          const handle = await startOrAttach(context, client, {
            type: name,
            id: workflowIds.run(settings.env, name, checked.interval),
            input: { ...inclusive(checked.interval, checked.pipeline.grain), ...(param.length > 0 ? { params } : {}) },
            summary: printed,
          });
          return reportEnd(context, handle, watch);
        });
      }),
    );
};
