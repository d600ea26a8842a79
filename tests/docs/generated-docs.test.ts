import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, inject, test } from 'vitest';
import '../full-run.ts';
import project from '../../config/project.ts';
import { projectDocs } from '../../engine/project-docs.ts';

const root = new URL('../../', import.meta.url);

test('data dictionary and diagrams are those of the models (npm run docs writes them)', async () => {
  const documents = await projectDocs(project, fileURLToPath(new URL(project.sqlFolder, root)));
  expect(Object.keys(documents)).toEqual(['data-dictionary.md', 'schema.md']);
  for (const [name, text] of Object.entries(documents)) {
    const file = new URL(`docs/${name}`, root);
    if (inject('writeDocs')) await writeFile(file, text);
    else expect(await readFile(file, 'utf8'), `docs/${name} is out of date: npm run docs`).toBe(text);
  }
});
