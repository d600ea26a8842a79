import type { Register } from '../cli.ts';
import { EXIT } from '../exit-codes.ts';
import { sqlRootOf } from '../load-project.ts';

export const check: Register = (parent, cli) => {
  parent
    .command('check')
    .description('check the project: graph, columns and every SQL file; needs no data and no server')
    .action(
      cli.action(async ({ out, settings, project }) => {
        const { checkDefinitions } = await import('../../quality/definition.ts');
        const loaded = await project();
        const { problems, datasets } = await checkDefinitions(loaded, {
          sqlRoot: sqlRootOf(settings.project, loaded),
        });
        out.data({ project: loaded.name, datasets, problems }, () =>
          problems.length === 0
            ? `${loaded.name}: ${datasets} datasets, no problems`
            : problems
                .map(({ where, message, hint }) => `${where}: ${message}${hint ? `\n  do: ${hint}` : ''}`)
                .concat(`${problems.length} problem(s)`)
                .join('\n'),
        );
        return problems.length === 0 ? EXIT.ok : EXIT.failed;
      }),
    );
};
