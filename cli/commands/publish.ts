import { checkPublication } from '../../activities/run-input.ts';
import { workflowIds } from '../../core/workflow-ids.ts';
import type { Register } from '../cli.ts';
import { confirm } from '../confirm.ts';
import { EXIT } from '../exit-codes.ts';
import { openLocal } from '../local-platform.ts';
import { wholeNumber } from '../option-values.ts';
import { startOrAttach, warnWithoutWorker } from '../start-run.ts';
import { withTemporal } from '../temporal.ts';
import { reportEnd } from '../watch-end.ts';

interface PublishOptions {
  readonly cut: number;
  readonly yes?: boolean;
  readonly watch: boolean;
}

export const publish: Register = (parent, cli) => {
  parent
    .command('publish <pipeline>')
    .description('publish a cut again, also an earlier one; the next run publishes the newest')
    .requiredOption('--cut <n>', 'number of the cut; runs name theirs', wholeNumber)
    .option('--yes', 'do not ask')
    .option('--watch', 'follow it to its end (default)', true)
    .option('--no-watch', 'start it and return')
    .action(
      cli.action<[string], PublishOptions>(async (context, [name], { cut, yes, watch }) => {
        const { settings, out } = context;
        const { pipeline, publishTo } = checkPublication(await context.project(), { pipeline: name, cut });
        const { platform } = await openLocal(context);
        const { cutOf } = await import('../../activities/publication.ts');
        await cutOf(platform, pipeline.name, cut);
        out.note(`${publishTo} will hold cut ${cut} of ${name}, until a run publishes the newest`);
        if (!yes && !(await confirm('Do it?'))) return EXIT.interrupted;
        return withTemporal(settings, async (client) => {
          await warnWithoutWorker(context, client);
          const handle = await startOrAttach(context, client, {
            type: 'publish',
            id: workflowIds.publish(settings.env, name, cut),
            input: { pipeline: name, cut },
            summary: `${name} cut ${cut}`,
          });
          return reportEnd(context, handle, watch);
        });
      }),
    );
};
