import { Option } from 'commander';
import { type CheckedBackfill, checkBackfill } from '../../activities/run-input.ts';
import { ownedBy } from '../../core/graph.ts';
import type { IntervalSet } from '../../core/interval-set.ts';
import type { Reprocess } from '../../core/staleness.ts';
import { askForFailures } from '../ask-temporal.ts';
import { type BackfillPlan, planBackfill } from '../backfill-plan.ts';
import type { Register } from '../cli.ts';
import { confirm } from '../confirm.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { openLocal } from '../local-platform.ts';
import { collect, wholeNumber } from '../option-values.ts';
import { readParams } from '../params.ts';
import { inclusive } from '../run-input.ts';
import { startBackfill } from '../start-backfill.ts';
import { warnWithoutWorker } from '../start-run.ts';
import { withTemporal } from '../temporal.ts';
import { textTable } from '../text-table.ts';
import { reportEnd } from '../watch-end.ts';

interface CreateOptions {
  readonly fromDate: string;
  readonly toDate: string;
  readonly reprocess: Reprocess;
  readonly maxActiveRuns?: number;
  readonly runBackwards?: boolean;
  readonly param: readonly string[];
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly watch: boolean;
}

const REPROCESS: readonly Reprocess[] = ['none', 'failed', 'completed', 'stale'];

export const backfillCreate: Register = (parent, cli) => {
  parent
    .command('create <pipeline>')
    .description('load a range of intervals: shows what it would do and why, asks, then does it')
    .requiredOption('--from-date <date>', 'first interval')
    .requiredOption('--to-date <date>', 'last interval, inclusive')
    .addOption(
      new Option(
        '--reprocess <what>',
        'done again beyond what is missing or data-stale: failed looks, completed (all of the range), stale (other code)',
      )
        .choices(REPROCESS)
        .default('none'),
    )
    .option('--max-active-runs <n>', 'ingests at once (default 4)', wholeNumber)
    .option('--run-backwards', 'newest interval first')
    .option('--param <name=value>', 'a parameter of the pipeline; may be repeated', collect, [])
    .option('--dry-run', 'show the plan only; needs no Temporal, but --reprocess failed asks it')
    .option('--yes', 'do not ask')
    .option('--watch', 'follow it to its end (default)', true)
    .option('--no-watch', 'start it and return')
    .action(
      cli.action<[string], CreateOptions>(async (context, [name], options) => {
        const { settings, out, now } = context;
        const project = await context.project();
        const params = readParams(await context.pipeline(name), options.param);
        const { fromDate: from, toDate: to, reprocess, maxActiveRuns, runBackwards: newestFirst = false } = options;
        const given = {
          pipeline: name,
          ...(options.param.length > 0 ? { params } : {}),
          reprocess,
          newestFirst,
          ...(maxActiveRuns === undefined ? {} : { maxActive: maxActiveRuns }),
        };
        const checked = checkBackfill(project, { ...given, from, to }, now);
        const failed = reprocess === 'failed' ? await failuresOf(context, checked) : undefined;
        const plan = await planBackfill(await openLocal(context), checked, failed);
        if (options.dryRun) {
          out.data(plan, () => printPlan(plan));
          return EXIT.ok;
        }
        if (!options.yes) {
          out.note(printPlan(plan));
          if (!(await confirm('Do it?'))) return EXIT.interrupted;
        }
        return withTemporal(settings, async (client) => {
          await warnWithoutWorker(context, client);
          const input = { ...given, ...inclusive(checked.interval, checked.pipeline.grain) };
          const handle = await startBackfill(client, settings.env, checked, input);
          out.note(`${handle.workflowId}`);
          return reportEnd(context, handle, options.watch);
        });
      }),
    );
};

/** Source -> time of which the newest look failed. */
async function failuresOf(
  context: Context,
  { pipeline }: CheckedBackfill,
): Promise<Map<string, IntervalSet> | undefined> {
  const { sources } = ownedBy(await context.project(), pipeline.name);
  const { failedLooks } = await import('../../activities/failed-looks.ts');
  return askForFailures(context, async (client) => {
    const found = new Map<string, IntervalSet>();
    for (const { name } of sources) found.set(name, await failedLooks(client, context.settings.env, name));
    return found;
  });
}

export function printPlan({ pipeline, interval, reprocess, ingests, builds }: BackfillPlan): string {
  const due = ingests.filter((i) => i.due);
  const skipped = ingests.filter((i) => !i.due);
  const lines = [`${pipeline} ${interval}, reprocess ${reprocess}`, ''];
  const looks = (all: readonly (typeof ingests)[number][]) =>
    textTable(
      ['source', 'intervals', 'which', 'why'],
      all.map((i) => [i.dataset, i.intervals, i.which, i.why]),
    );
  lines.push(due.length > 0 ? looks(due) : 'nothing to ingest');
  if (skipped.length > 0) lines.push('', 'left out:', looks(skipped));
  lines.push('');
  if (builds.length === 0) lines.push('nothing to build yet; then whatever the ingests change');
  else {
    const rows = builds.map((b) => [b.dataset, b.partitions, b.which, b.why]);
    lines.push(textTable(['to build', 'partitions', 'which', 'why'], rows), '', 'then whatever the ingests change');
  }
  return lines.join('\n');
}
