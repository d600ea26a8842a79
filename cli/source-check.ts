import type { Settings } from '../config/settings.ts';
import { StrataError } from '../core/errors.ts';
import { datasetsOf } from '../core/graph.ts';
import type { Project } from '../core/project.ts';
import type { Problem } from '../engine/problem.ts';

interface SourceFindings {
  readonly problems: readonly Problem[];
  /** Dataset -> columns of its source that it neither declares nor ignores. */
  readonly undeclared: readonly { readonly dataset: string; readonly columns: readonly string[] }[];
}

/** Every source dataset against its source as it is now. A server that does not answer is a problem like any other. */
export async function checkSources(settings: Settings, project: Project): Promise<SourceFindings> {
  const [{ checkSource }, { connectionsOf }] = await Promise.all([
    import('../sources/check-source.ts'),
    import('../workers/connections.ts'),
  ]);
  const { source } = connectionsOf(settings, { memoryLimit: settings.duckdb.memoryLimit, threads: 1 });
  const problems: Problem[] = [];
  const undeclared: { dataset: string; columns: readonly string[] }[] = [];
  for (const dataset of datasetsOf(project)) {
    if (dataset.kind !== 'source') continue;
    try {
      const columns = await checkSource(dataset, source(dataset.source));
      if (columns.length > 0) undeclared.push({ dataset: dataset.name, columns });
    } catch (error) {
      if (!(error instanceof StrataError)) throw error;
      const where = error.where ?? dataset.name;
      problems.push({ subject: dataset.name, where, message: error.message, hint: error.hint });
    }
  }
  return { problems, undeclared };
}
