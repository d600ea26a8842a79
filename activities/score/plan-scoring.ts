import type { DerivedDataset } from '../../core/dataset.ts';
import { StrataError } from '../../core/errors.ts';
import { ownedBy, owners, upstreamOf } from '../../core/graph.ts';
import { type Instant, shift } from '../../core/instant.ts';
import { intervalOf, partitionAt } from '../../core/interval.ts';
import type { Project } from '../../core/project.ts';
import type { Retraining } from '../../core/retraining.ts';
import type { Scoring } from '../../core/scoring.ts';
import type { ModelRegistry } from '../../ml/registry.ts';
import type { Platform } from '../platform.ts';
import type { ScoringPlan } from './score.types.ts';

/** A scoring of the first hour still finds what came after the last one of the day before. */
const LOOK_BACK_MILLIS = 3_600_000;

/** @throws bad_input where nobody takes the model's scores; bad_definition where no pipeline builds its features */
export async function planScoring(
  { env, project, now }: Pick<Platform, 'env' | 'project' | 'now'>,
  registry: ModelRegistry,
  retraining: Retraining,
): Promise<ScoringPlan> {
  scoringOf(retraining);
  const { model, features } = retraining;
  const dayOf = (at: Instant) => intervalOf(partitionAt(at, 'day'), 'day');
  return {
    env,
    model,
    champion: await registry.alias(model, 'champion'),
    pipeline: pipelineOf(project, features),
    interval: { start: dayOf(shift(now(), -LOOK_BACK_MILLIS)).start, end: dayOf(now()).end },
    sources: sourcesOf(project, features),
  };
}

/** @throws bad_input */
export function scoringOf({ model, scoring }: Retraining): Scoring {
  if (scoring) return scoring;
  throw new StrataError('bad_input', `${model} declares no scoring: nobody takes its scores`, {
    hint: 'Add scoring: {...} to its retraining.',
  });
}

function pipelineOf(project: Project, { name }: DerivedDataset): string {
  const owner = owners(project).get(name);
  if (owner !== undefined) return owner;
  throw new StrataError('bad_definition', `No pipeline builds ${name}`, { hint: 'List it in one.' });
}

/** Upstream of the features, as far as their pipeline owns it: other pipelines' tables are read as they are. */
function sourcesOf(project: Project, features: DerivedDataset): string[] {
  const owned = new Set(ownedBy(project, pipelineOf(project, features)).sources.map(({ name }) => name));
  return upstreamOf([features])
    .map(({ name }) => name)
    .filter((name) => owned.has(name));
}
