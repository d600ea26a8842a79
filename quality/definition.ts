import type { Project } from '../core/project.ts';
import { type CheckResult, checkProject } from '../engine/check-project.ts';
import { compileRowChecks } from './row-checks.ts';

/** `strata check`: everything that can be known about a project without data and without a server. */
export function checkDefinitions(project: Project, options: { sqlRoot: string }): Promise<CheckResult> {
  return checkProject(project, { sqlRoot: options.sqlRoot, rowChecks: compileRowChecks });
}
