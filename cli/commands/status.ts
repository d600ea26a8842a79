import { StrataError } from '../../core/errors.ts';
import { datasetNamed } from '../../core/graph.ts';
import { type Grain, type Interval, resolveRange } from '../../core/interval.ts';
import { askForFailures } from '../ask-temporal.ts';
import type { Register } from '../cli.ts';
import { failedWork } from '../failed-work.ts';
import { openLocal } from '../local-platform.ts';
import { list } from '../option-values.ts';
import { type DatasetStatus, STATES, statusReport } from '../status-report.ts';
import { textTable } from '../text-table.ts';

interface StatusOptions {
  readonly dataset?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly partitions?: boolean;
}

export const status: Register = (parent, cli) => {
  parent
    .command('status')
    .description('which partitions are fresh, stale, missing, failed; needs no Temporal, but asks it about failures')
    .option('--dataset <names>', 'these datasets only, partition by partition', list)
    .option('--from <date>', 'partitions from here; default: all')
    .option('--to <date>', 'partitions up to here, inclusive; default: --from')
    .option('--partitions', 'every partition, not a summary')
    .action(
      cli.action<[], StatusOptions>(async (context, _, options) => {
        const project = await context.project();
        for (const name of options.dataset ?? []) datasetNamed(project, name);
        const range = rangeOf(options, project.pipelines[0]?.grain ?? 'day');
        const local = await openLocal(context);
        const failed = await askForFailures(context, (client) => failedWork(client, project, context.settings.env));
        const datasets = options.dataset && new Set(options.dataset);
        const report = await statusReport(local, { datasets, range, failed });
        const detailed = options.partitions ?? options.dataset !== undefined;
        const shown = detailed ? report : report.map(({ partitions: _, ...summary }) => summary);
        context.out.data({ env: context.settings.env, failuresKnown: failed !== undefined, datasets: shown }, () =>
          detailed ? printPartitions(report) : printSummary(report, failed !== undefined),
        );
        return undefined;
      }),
    );
};

function rangeOf({ from, to }: StatusOptions, grain: Grain): Interval | undefined {
  if (from !== undefined) return resolveRange(from, to ?? from, grain);
  if (to === undefined) return undefined;
  throw new StrataError('bad_input', 'There is an end but no start of the range', { hint: 'Give --from too.' });
}

function printSummary(report: readonly DatasetStatus[], failuresKnown: boolean): string {
  const header = ['dataset', 'rows', 'quarantined', ...STATES, 'which'];
  const rows = report.map(({ dataset, rows, quarantined, counts, ranges }) => [
    dataset,
    rows,
    quarantined || undefined,
    ...STATES.map((state) => (state === 'failed' && !failuresKnown ? '?' : counts[state] || undefined)),
    Object.entries(ranges)
      .map(([state, names]) => `${state}: ${names}`)
      .join('; '),
  ]);
  return textTable(header, rows);
}

function printPartitions(report: readonly DatasetStatus[]): string {
  return textTable(
    ['dataset', 'partition', 'status', 'rows', 'because'],
    report.flatMap(({ dataset, partitions }) =>
      partitions.map((p) => [dataset, p.partition, p.status, p.rows, p.because]),
    ),
  );
}
