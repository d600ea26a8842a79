import { readFile } from 'node:fs/promises';
import type { Project } from '../../core/project.ts';
import { publishedName, publishedOf } from '../../core/published.ts';
import { ident, placeholders, render } from '../../engine/sql-text.ts';
import type { CompanyTables } from './company.duckdb.ts';

/** Names of the warehouse over the company's tables: what a pipeline publishes, and its views. */
export async function createPublished({ session }: CompanyTables, { pipelines, sqlFolder }: Project): Promise<void> {
  for (const pipeline of pipelines) {
    for (const { name, columns } of publishedOf(pipeline)) {
      const declared = columns.map((c) => ident(c.name)).join(', ');
      await session.run(`CREATE VIEW ${ident(publishedName(name))} AS SELECT ${declared} FROM ${ident(name)}`);
    }
    for (const view of pipeline.views) {
      const text = await readFile(new URL(`../../${sqlFolder}/${view.sql}`, import.meta.url), 'utf8');
      const names = Object.fromEntries(placeholders(text).map((name) => [name, ident(name)]));
      await session.run(`CREATE VIEW ${ident(view.name)} AS ${render(text, names)}`);
    }
  }
}
