import type { Dataset } from '../core/dataset.ts';
import { StrataError } from '../core/errors.ts';
import type { Project } from '../core/project.ts';
import type { Retraining } from '../core/retraining.ts';
import { suggestion } from '../core/suggest.ts';
import { bindCondition } from './check-rules.ts';
import { collect, type Problem } from './problem.ts';
import type { Session } from './session.ts';

/** @throws StrataError that names what is valid */
export type CheckParams = (params: unknown) => void;

/** What does not fit about the models that a project keeps fit. */
export async function checkRetrainings(
  session: Session,
  project: Project,
  datasets: readonly Dataset[],
  checkParams: CheckParams = () => {},
): Promise<Problem[]> {
  const { retrainings = [] } = project;
  const models = retrainings.map(({ model }) => model);
  const problems: Problem[] = [];
  for (const retraining of retrainings) {
    const { model, labels, features, scoring } = retraining;
    const bind = (where: string, sql: string, { columns }: Dataset) =>
      collect(problems, model, where, () => bindCondition(session, columns, sql, where));
    problems.push(
      ...twins(models, `Two models are named ${model}`, model),
      ...misplaced(project, datasets, retraining),
      ...wrongParams(retraining, checkParams),
    );
    await bind(`${model}, labels.positive`, labels.positive, labels.dataset);
    const rules = scoring?.rules ?? [];
    const names = rules.map(({ name }) => name);
    for (const { name, sql } of rules) {
      problems.push(...twins(names, `Two rules of ${model} are named ${name}`, name, model));
      await bind(`${model}, rule ${name}`, sql, features);
    }
  }
  // Each of two twins was found.
  return problems.filter(({ message }, i) => problems.findIndex((p) => p.message === message) === i);
}

function twins(names: readonly string[], message: string, name: string, where = name): Problem[] {
  if (names.indexOf(name) === names.lastIndexOf(name)) return [];
  return [{ subject: where, where, message, hint: 'Rename one.' }];
}

function misplaced(project: Project, datasets: readonly Dataset[], retraining: Retraining): Problem[] {
  const { model, features, labels, after } = retraining;
  const pipelines = project.pipelines.map(({ name }) => name);
  const unknown = after !== undefined && !pipelines.includes(after);
  return [
    ...[features, labels.dataset]
      .filter((used) => !datasets.includes(used))
      .map(({ name }) => ({
        subject: model,
        where: model,
        message: `${model} learns from ${name}, which no pipeline builds`,
        hint: 'List it in the `datasets` of one.',
      })),
    ...(unknown
      ? [
          {
            subject: model,
            where: `${model}, after`,
            message: `${model} follows the runs of ${after}, and there is no such pipeline`,
            hint: suggestion(after, pipelines),
          },
        ]
      : []),
  ];
}

function wrongParams({ model, search }: Retraining, checkParams: CheckParams): Problem[] {
  return search.flatMap((params, i): Problem[] => {
    try {
      checkParams(params);
      return [];
    } catch (error) {
      if (!(error instanceof StrataError)) throw error;
      return [{ subject: model, where: `${model}, search ${i + 1}`, message: error.message, hint: error.hint }];
    }
  });
}
