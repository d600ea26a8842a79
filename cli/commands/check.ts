import type { Register } from '../cli.ts';
import { EXIT } from '../exit-codes.ts';
import { sqlRootOf } from '../load-project.ts';
import { checkSources } from '../source-check.ts';

export const check: Register = (parent, cli) => {
  parent
    .command('check')
    .description('check the project: graph, columns and every SQL file; needs no data and no server')
    .option('--sources', 'also hold every source dataset against its source: tables, columns, types; reads no row')
    .action(
      cli.action<[], { sources?: boolean }>(async ({ out, settings, project }, _, { sources = false }) => {
        const { checkDefinitions } = await import('../../quality/definition.ts');
        const { gbdtParams } = await import('../../ml/gbdt/params.ts');
        const loaded = await project();
        const sqlRoot = sqlRootOf(settings.project, loaded);
        const checked = await checkDefinitions(loaded, { sqlRoot, trainerParams: gbdtParams });
        const { datasets } = checked;
        const found = sources ? await checkSources(settings, loaded) : undefined;
        const problems = [...checked.problems, ...(found?.problems ?? [])];
        for (const { dataset, columns } of found?.undeclared ?? []) {
          out.note(`${dataset}: the source has columns that nobody declares: ${columns.join(', ')}`);
        }
        const undeclared = found && { undeclared: found.undeclared };
        out.data({ project: loaded.name, datasets, problems, ...undeclared }, () =>
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
