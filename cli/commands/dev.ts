import { Option } from 'commander';
import { devSettingsFile, writeDevSettings } from '../../config/settings.dev.ts';
import { loadSettings } from '../../config/settings.ts';
import { StrataError } from '../../core/errors.ts';
import type { Register } from '../cli.ts';
import { EXIT } from '../exit-codes.ts';
import { untilInterrupted } from '../interrupted.ts';
import { sqlRootOf } from '../load-project.ts';

interface DevCommandOptions {
  readonly lake: 'file' | 's3';
  readonly worker: boolean;
  readonly reset?: boolean;
}

export const dev: Register = (parent, cli) => {
  parent
    .command('dev')
    .description('start the development servers the project needs and a worker; Ctrl-C stops them')
    .addOption(new Option('--lake <where>', 'where the lake is').choices(['file', 's3']).default('file'))
    .option('--no-worker', 'servers only')
    .option('--reset', 'delete what earlier ones left first: databases, runs, lake, warehouse')
    .action(
      cli.action<[], DevCommandOptions>(async (context, _, options) => {
        const { printReport, readServicesEnvironment, resetDevData, startDevEnvironment, startWorker } = await import(
          '../dev-environment.ts'
        );
        const given = loadSettings({ flags: context.flags, dev: false });
        if (given.env !== 'dev') throw notForDevelopment(given.env);
        const project = await context.project();
        const environment = readServicesEnvironment();
        const interrupted = untilInterrupted();
        const { out } = context;
        if (options.reset) await resetDevData(environment, given.cwd);
        const report = printReport((line) => out.note(line));
        const starting = startDevEnvironment({ project, given, environment, lake: options.lake, report });
        const environmentOrStop = await Promise.race([starting, interrupted]);
        // What was being started ends with this process.
        if (typeof environmentOrStop === 'number') return environmentOrStop;
        const { services, variables } = environmentOrStop;
        try {
          writeDevSettings(given.cwd, variables);
          const { temporalUi } = services.addresses;
          const worker = options.worker
            ? await startWorker(loadSettings({ flags: context.flags }), {
                project,
                sqlRoot: sqlRootOf(given.project, project),
              })
            : undefined;
          out.note(`\nserving ${project.name}; Ctrl-C stops everything`);
          out.data({ temporalUi, settings: devSettingsFile(given.cwd) }, () =>
            [`Temporal UI  ${temporalUi}`, `Settings     ${devSettingsFile(given.cwd)}`].join('\n'),
          );
          const ended = await Promise.race([interrupted, ...(worker ? [worker.finished.then(() => EXIT.ok)] : [])]);
          out.note('stopping');
          worker?.stop();
          await worker?.finished;
          return ended;
        } finally {
          await services.stop();
        }
      }),
    );
};

function notForDevelopment(env: string): StrataError {
  return new StrataError('bad_input', `strata dev serves the environment dev, not ${env}`, {
    hint: 'Leave --env and STRATA_ENV out; for other environments start `strata worker`.',
  });
}
