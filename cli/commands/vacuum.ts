import { durationMillis, instantFromMillis } from '../../core/instant.ts';
import type { Register } from '../cli.ts';
import { openLocal } from '../local-platform.ts';
import { wholeNumber } from '../option-values.ts';

interface VacuumOptions {
  readonly olderThan: string;
  readonly keepCuts: number;
  readonly dryRun?: boolean;
}

export const vacuum: Register = (parent, cli) => {
  parent
    .command('vacuum')
    .description('delete files of the lake that no kept version names; needs no Temporal')
    .option('--older-than <duration>', 'younger files and versions are kept', '7 days')
    .option('--keep-cuts <n>', 'newest cuts per pipeline that stay readable', wholeNumber, 10)
    .option('--dry-run', 'only say what would be deleted')
    .action(
      cli.action<[], VacuumOptions>(async (context, _, { olderThan, keepCuts, dryRun = false }) => {
        const graceMillis = durationMillis(olderThan);
        const { project, platform } = await openLocal(context);
        const { vacuum } = await import('../../lake/vacuum.ts');
        const { everyTable } = await import('../../activities/every-table.ts');
        const { registryOf } = await import('../../activities/retrain/registry-of.ts');
        const { servedVersions } = await import('../../activities/retrain/pins.ts');
        const { deleted, bytes } = await vacuum({
          store: platform.store,
          env: platform.env,
          tables: everyTable(project).map((name) => platform.lake.table(name)),
          pipelines: project.pipelines.map((p) => p.name),
          // Files carry the machine's time, whatever time the data lives in.
          now: instantFromMillis(Date.now()),
          graceMillis,
          keepCuts,
          alsoKeep: await servedVersions(registryOf(platform)),
          dryRun,
        });
        const what = `${deleted.length} files, ${bytes} bytes`;
        context.out.data({ dryRun, files: deleted, bytes }, () =>
          dryRun ? [`would delete ${what}`, ...deleted].join('\n') : `deleted ${what}`,
        );
        return undefined;
      }),
    );
};
