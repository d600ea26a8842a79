import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StrataError } from '../../core/errors.ts';
import type { Register } from '../cli.ts';
import { sqlRootOf } from '../load-project.ts';

export const docs: Register = (parent, cli) => {
  parent
    .command('docs')
    .description('write the data dictionary and the entity diagrams of the project; needs no data and no server')
    .option('--out <folder>', 'where they go; what is there is written over', 'docs')
    .action(
      cli.action<[], { readonly out: string }>(async ({ out, settings, project }, _, options) => {
        const { projectDocs } = await import('../../engine/project-docs.ts');
        const loaded = await project();
        const documents = await projectDocs(loaded, sqlRootOf(settings.project, loaded));
        const files = Object.keys(documents).map((name) => join(options.out, name));
        try {
          await mkdir(options.out, { recursive: true });
          for (const [name, text] of Object.entries(documents)) await writeFile(join(options.out, name), text);
        } catch (cause) {
          throw new StrataError('bad_input', 'The documents cannot be written', { where: options.out, cause });
        }
        out.data({ files }, () => files.join('\n'));
        return undefined;
      }),
    );
};
