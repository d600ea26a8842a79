import type { DerivedDataset } from '../core/dataset.ts';
import type { Project } from '../core/project.ts';
import { canonicalSql } from '../engine/canonical-sql.ts';
import { type CheckResult, checkProject } from '../engine/check-project.ts';
import { contentHash, type RowPredicate } from '../engine/content-hash.ts';
import type { Session } from '../engine/session.ts';
import { compileRowChecks } from './row-checks.ts';

/** A derived dataset, ready to be built: what its claim and its plan are compared by. */
export interface CompiledDataset {
  readonly canonicalSql: string;
  readonly rowChecks: readonly RowPredicate[];
  readonly contentHash: string;
}

/**
 * @param sqlText the SQL file as it is
 * @param file for messages
 * @throws bad_definition with file and line, or naming the column
 */
export async function compileDataset(
  session: Session,
  dataset: DerivedDataset,
  sqlText: string,
  file: string,
): Promise<CompiledDataset> {
  const canonical = await canonicalSql(session, sqlText, file);
  const rowChecks = compileRowChecks(dataset);
  return { canonicalSql: canonical, rowChecks, contentHash: contentHash(dataset, canonical, rowChecks) };
}

/** `strata check`: everything that can be known about a project without data and without a server. */
export function checkDefinitions(project: Project, options: { sqlRoot: string }): Promise<CheckResult> {
  return checkProject(project, { sqlRoot: options.sqlRoot, rowChecks: compileRowChecks });
}
