import { writeFile } from 'node:fs/promises';
import { StrataError } from '../../core/errors.ts';
import type { Register } from '../cli.ts';
import { EXIT } from '../exit-codes.ts';
import { noChampion, openModels, readVersion } from '../open-models.ts';

/** The page about a version. Evidence that cannot be trusted is said on it, and by the exit code. */
export const report: Register = (parent, cli) => {
  parent
    .command('report <model> [version]')
    .description('a page for whoever answers for the model, from its verified evidence; default: the champion')
    .option('--out <file>', 'HTML file to write; default: standard output')
    .action(
      cli.action<[string, string | undefined], { out?: string }>(async (context, [name, given], { out: file }) => {
        const { registry, known, platform } = await openModels(context);
        const { champion } = await known(name);
        const number = given === undefined ? champion : readVersion(given);
        if (number === null) throw noChampion(name);
        const { gatherReport } = await import('../../activities/retrain/report/gather-report.ts');
        const { modelPage } = await import('../../activities/retrain/report/model.page.ts');
        const { reportFigures } = await import('../../activities/retrain/report/report-figures.ts');
        const { out, now } = context;
        const found = await gatherReport(platform, registry, name, number);
        const page = modelPage(found, now);
        if (file !== undefined) await writeFile(file, page).catch((cause: unknown) => refuse(file, cause));
        const figures = reportFigures(found);
        if (out.json || file !== undefined)
          out.data({ out: file ?? null, ...figures }, () => `${name} version ${number}: ${file}`);
        else out.raw(page);
        for (const { name: what, problem } of figures.problems) out.note(`${what} cannot be trusted: ${problem}`);
        return figures.problems.length === 0 ? EXIT.ok : EXIT.failed;
      }),
    );
};

function refuse(file: string, cause: unknown): never {
  throw new StrataError('bad_input', 'The report cannot be written', {
    where: file,
    hint: 'Name a file in a folder that exists and can be written.',
    cause,
  });
}
