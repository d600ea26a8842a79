import { Context } from '@temporalio/activity';
import type { Claim } from '../../core/ledger.ts';
import type { Platform } from '../platform.ts';
import { registryOf } from '../retrain/registry-of.ts';
import { retrainingNamed } from '../retrain/retrain-input.ts';
import { planScoring } from './plan-scoring.ts';
import { claimScores, resolveScoring } from './resolve-scoring.ts';
import type { ResolvedScoring, ScoreDayInput, ScoringPlan, WriteBackInput } from './score.types.ts';
import { scoreDay } from './score-day.ts';
import { checkScoring } from './score-input.ts';
import { writeBack } from './write-back.ts';

/** Short steps of a scoring, on the queue of the workflows. */
export function createScoreControlActivities(platform: Platform) {
  const registry = registryOf(platform);
  return {
    planScoring: ({ input }: { input: unknown }): Promise<ScoringPlan> =>
      planScoring(platform, registry, retrainingNamed(platform.project, checkScoring(input).model)),
    resolveScoring: ({ model, champion }: { model: string; champion: number }): Promise<ResolvedScoring> =>
      resolveScoring(platform, registry, retrainingNamed(platform.project, model), champion),
    claimScores: ({ resolved, day }: { resolved: ResolvedScoring; day: string }): Promise<Claim> => {
      const { features } = retrainingNamed(platform.project, resolved.model);
      const run = Context.current().info.workflowExecution?.workflowId ?? '';
      return claimScores(platform, resolved, features.name, day, run);
    },
  };
}

/** What reads rows and documents: the `ml` queue. */
export function createScoreActivities(platform: Platform) {
  const registry = registryOf(platform);
  const retrainingOf = ({ resolved }: { resolved: ResolvedScoring }) =>
    retrainingNamed(platform.project, resolved.model);
  const signal = () => Context.current().cancellationSignal;
  return {
    scoreDay: (input: ScoreDayInput) => scoreDay(platform, registry, retrainingOf(input), input, signal()),
    writeBackScores: (input: WriteBackInput) => writeBack(platform, retrainingOf(input), input, signal()),
  };
}

export type ScoreControlActivities = ReturnType<typeof createScoreControlActivities>;
export type ScoreActivities = ReturnType<typeof createScoreActivities>;
