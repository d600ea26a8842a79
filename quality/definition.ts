import { StrataError } from '../core/errors.ts';
import type { Project } from '../core/project.ts';
import { type CheckOptions, type CheckResult, checkProject } from '../engine/check-project.ts';
import { compileRowChecks } from './row-checks.ts';

type Options = Omit<CheckOptions, 'rowChecks'>;

/** `strata check`: everything that can be known about a project without data and without a server. */
export function checkDefinitions(project: Project, options: Options): Promise<CheckResult> {
  return checkProject(project, { ...options, rowChecks: compileRowChecks });
}

/**
 * For a worker about to serve: builds bind column by column, so a project that does not hold together would fail in the
 * middle of a night.
 * @throws bad_definition that names the first problem and the number of the others
 */
export async function refuseProblems(project: Project, options: Options): Promise<void> {
  const { problems } = await checkDefinitions(project, options);
  const [first, ...others] = problems;
  if (!first) return;
  throw new StrataError(
    'bad_definition',
    `${first.message}${others.length > 0 ? ` (and ${others.length} more)` : ''}`,
    {
      where: first.where,
      hint: first.hint ?? '`npx strata check` shows every problem.',
    },
  );
}
