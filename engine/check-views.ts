import type { Project } from '../core/project.ts';
import { publishedName, publishedOf } from '../core/published.ts';
import { bindView } from './bind-views.ts';
import { collect, type Problem } from './problem.ts';
import type { Session } from './session.ts';

/** What does not fit about a project's views. */
export async function checkViews(session: Session, project: Project, sqlRoot: string): Promise<Problem[]> {
  const problems: Problem[] = [];
  const taken = new Map<string, string>();
  for (const pipeline of project.pipelines) {
    for (const { name } of publishedOf(pipeline)) taken.set(publishedName(name), name);
  }
  for (const pipeline of project.pipelines) {
    for (const view of pipeline.views) {
      const where = `${pipeline.name}, view ${view.name}`;
      const other = taken.get(view.name);
      if (other !== undefined) {
        const message = `The view ${view.name} has the name of ${other}`;
        problems.push({
          subject: pipeline.name,
          where,
          message,
          hint: 'Tables and views share one schema: rename it.',
        });
      }
      taken.set(view.name, where);
      await collect(problems, pipeline.name, where, async () => {
        await bindView(session, project, pipeline, view, sqlRoot);
      });
    }
  }
  return problems;
}
