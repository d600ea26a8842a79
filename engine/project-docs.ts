import { type DescribedView, dictionaryDocument } from '../core/dictionary.doc.ts';
import type { Project } from '../core/project.ts';
import { schemaDocument } from '../core/schema.doc.ts';
import { bindView } from './bind-views.ts';
import { openSession } from './session.ts';

/**
 * A project's documents, written from its models: file name -> Markdown.
 * @throws bad_definition where a view does not fit its tables
 */
export async function projectDocs(project: Project, sqlRoot: string): Promise<Record<string, string>> {
  await using session = await openSession({ memoryLimit: '512MB', threads: 1 });
  const views: DescribedView[] = [];
  for (const pipeline of project.pipelines) {
    for (const view of pipeline.views) views.push(await bindView(session, project, pipeline, view, sqlRoot));
  }
  return {
    'data-dictionary.md': `${dictionaryDocument(project, views)}\n`,
    'schema.md': `${schemaDocument(project)}\n`,
  };
}
