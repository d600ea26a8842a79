import { printInterval } from '../../core/interval.ts';
import { resolveRunRange } from '../../core/run-range.ts';
import { workflowIds } from '../../core/workflow-ids.ts';
import type { Register } from '../cli.ts';
import { collect } from '../option-values.ts';
import { readParams } from '../params.ts';
import { inclusive } from '../run-input.ts';
import { startOrAttach, warnWithoutWorker } from '../start-run.ts';
import { connectTemporal } from '../temporal.ts';
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
    .option('--no-watch', 'start it and return')
    .action(
      cli.action<[string], RunOptions>(async (context, [name], options) => {
        const pipeline = await context.pipeline(name);
        const range = resolveRunRange(pipeline, options, context.now);
        const params = readParams(pipeline, options.param);
        const { env } = context.settings;
        const link = await connectTemporal(context.settings);
        try {
          const id = workflowIds.run(env, name, range);
          context.out.note(`${name} ${printInterval(range)} in ${env}`);
          await warnWithoutWorker(context, link);
          const input = { ...inclusive(range, pipeline.grain), ...params };
          const handle = await startOrAttach(context, link, { type: name, id, input, summary: printInterval(range) });
          return await reportEnd(context, handle, options.watch);
        } finally {
          await link.close();
        }
      }),
    );
};
