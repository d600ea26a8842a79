import type { Challenger, DriftSummary, ResolvedRetraining, Sets, Trial } from '../activities/retrain/retrain.types.ts';
import { retrainActivities, trainingActivities } from './activity-proxies.ts';
import type { Endings, Loop, RetrainingSummary } from './retrain-endings.ts';
import { warningsOf } from './retrain-text.ts';

/** What was learned, and the sets that it is judged on. */
export interface Learned {
  readonly sets: Sets;
  readonly challenger: Challenger;
}

/** Prepares, trains, validates. @returns the end where the data does not allow it */
export async function learn(
  { resolved, log }: Loop,
  drift: DriftSummary,
  endings: Endings,
): Promise<Learned | RetrainingSummary> {
  log.enter('preparing');
  const sets = await retrainActivities(resolved.env).prepareSets({ resolved });
  if ('problem' in sets) {
    log.add('training set', sets.problem);
    return endings.told('too_little_data', sets.problem);
  }
  log.add('training set', `${sets.train.rows} rows, ${sets.train.positives} positives`, sets.train.path);
  log.enter('training');
  const trials = await trainAll(resolved, sets);
  const best = trials.reduce((a, b) => (b.averagePrecision > a.averagePrecision ? b : a));
  log.add('trials', trials.map((t) => t.averagePrecision.toFixed(4)).join(', '));
  const warnings = warningsOf(trials);
  if (warnings.length > 0) log.add('features that teach nothing', warnings.join(', '));
  log.enter('validating');
  const challenger = await trainingActivities(resolved.env).makeChallenger({ resolved, sets, best, trials, drift });
  if ('problem' in challenger) {
    log.add('challenger', challenger.problem);
    const decision = { approve: false, who: 'policy', why: challenger.problem };
    return endings.told('refused', challenger.problem, { decision });
  }
  log.add('challenger', `version ${challenger.version}`);
  return { sets, challenger };
}

const trainAll = (resolved: ResolvedRetraining, sets: Sets): Promise<Trial[]> =>
  Promise.all(
    Array.from({ length: resolved.trials }, (_, trial) =>
      trainingActivities(resolved.env).trainTrial({ resolved, sets, trial }),
    ),
  );
