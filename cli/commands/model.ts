import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { StrataError } from '../../core/errors.ts';
import type { Move } from '../../ml/registry.ts';
import type { Register } from '../cli.ts';
import { confirm } from '../confirm.ts';
import { modelTable, moveLine, versionTable, versionText } from '../model-views.ts';
import { noChampion, type OpenModels, openModels, readVersion } from '../open-models.ts';
import { wholeNumber } from '../option-values.ts';
import type { Output } from '../output.ts';
import { report } from './model-report.ts';

export const model: Register = (parent, cli) => {
  const group = parent.command('model').description('trained models: versions, champion and challenger, and why');
  ls(group, cli);
  show(group, cli);
  report(group, cli);
  promote(group, cli);
  rollback(group, cli);
  history(group, cli);
};

const ls: Register = (parent, cli) => {
  parent
    .command('ls [model]')
    .description('models with their champions; of one model its versions, newest first')
    .action(
      cli.action<[string | undefined]>(async (context, [name]) => {
        const { registry, known } = await openModels(context);
        if (name === undefined) {
          const models = await Promise.all((await registry.models()).map((each) => known(each)));
          context.out.data(models, () => modelTable(models));
        } else {
          const { versions, champion, challenger } = await known(name);
          context.out.data(versions, () => versionTable(versions, { champion, challenger }));
        }
        return undefined;
      }),
    );
};

const show: Register = (parent, cli) => {
  parent
    .command('show <model> [version]')
    .description('all that is known of a version, and whether its file is what was registered; default: the champion')
    .action(
      cli.action<[string, string | undefined]>(async (context, [name, given]) => {
        const { registry, known } = await openModels(context);
        const found = await known(name);
        const number = given === undefined ? found.champion : readVersion(given);
        if (number === null) throw noChampion(name);
        const version = await registry.version(name, number);
        const file = await registry.load(name, number).then(
          (bytes) => ({ intact: true, bytes: bytes.length, problem: null }),
          (error: StrataError) => ({ intact: false, bytes: null, problem: error.message }),
        );
        context.out.data({ ...version, file }, () => versionText(name, version, file));
        return file.intact ? undefined : 1;
      }),
    );
};

interface MoveOptions {
  readonly why: string;
  readonly yes?: boolean;
  readonly who?: string;
}

const withMove = (command: Command): Command =>
  command
    .requiredOption('--why <text>', 'kept in the history for whoever asks later')
    .option('--who <name>', 'default: the user who is logged in')
    .option('--yes', 'do not ask');

const promote: Register = (parent, cli) => {
  withMove(parent.command('promote <model> <version>'))
    .description('make a version the champion')
    .option('--expect <version>', 'refuse when the champion is another one by now', wholeNumber)
    .action(
      cli.action<[string, string], MoveOptions & { expect?: number }>(async (context, [name, given], options) => {
        const models = await openModels(context);
        const { champion } = await models.known(name);
        const to = readVersion(given);
        const from = options.expect ?? champion;
        // What cannot be loaded must not serve.
        await models.registry.load(name, to);
        return moveChampion(context.out, models, name, from, to, options);
      }),
    );
};

const rollback: Register = (parent, cli) => {
  withMove(parent.command('rollback <model>'))
    .description('the champion before the present one serves again')
    .action(
      cli.action<[string], MoveOptions>(async (context, [name], options) => {
        const models = await openModels(context);
        const { champion, before } = await models.known(name);
        if (before === null) {
          throw new StrataError('bad_input', `${name} has no earlier champion to go back to`, {
            hint: `Promote a version instead: strata model promote ${name} <version> --why <text>.`,
          });
        }
        await models.registry.load(name, before);
        return moveChampion(context.out, models, name, champion, before, options);
      }),
    );
};

async function moveChampion(
  out: Output,
  { registry }: OpenModels,
  name: string,
  from: number | null,
  to: number,
  { why, who, yes }: MoveOptions,
): Promise<number | undefined> {
  if (why.trim() === '') throw new StrataError('bad_input', 'Say why: --why "what speaks for it"');
  const change = `champion of ${name}: ${from === null ? 'nobody' : `version ${from}`} -> version ${to}`;
  if (!yes && !(await confirm(`${change}?`))) {
    out.note('nothing was changed');
    return 1;
  }
  const move: Move = { alias: 'champion', from, to, who: who ?? userInfo().username, why };
  await registry.move(name, move);
  out.data({ model: name, ...move }, () => change);
  return undefined;
}

const history: Register = (parent, cli) => {
  parent
    .command('history <model>')
    .description('who became champion or challenger, when, by whom and why; oldest first')
    .action(
      cli.action<[string]>(async (context, [name]) => {
        const { registry, known } = await openModels(context);
        await known(name);
        const events = await registry.history(name);
        context.out.data(events, () => events.map(moveLine).join('\n'));
        return undefined;
      }),
    );
};
