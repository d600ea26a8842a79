import { StrataError } from '../../core/errors.ts';
import type { Retraining } from '../../core/retraining.ts';
import { gbdtTrainer } from '../../ml/gbdt/gbdt.trainer.ts';
import { averagePrecision } from '../../ml/metrics.ts';
import { withAttempt } from '../attempt.ts';
import type { Platform } from '../platform.ts';
import { keep } from './evidence.ts';
import { openSet, readDataset, signatureOf } from './read-set.ts';
import type { Trial, TrialInput } from './retrain.types.ts';

/** Trains one set of parameters; the same sets, parameters and seed give the same artifact. */
export function trainTrial(
  platform: Platform,
  retraining: Retraining,
  { resolved, sets, trial }: TrialInput,
  signal: AbortSignal,
): Promise<Trial> {
  const started = Date.now();
  const params = retraining.search[trial];
  if (!params) {
    throw new StrataError('bad_definition', `${retraining.model} has no trial ${trial + 1} any more`, {
      hint: 'Its definition was changed while it was retrained: start the retraining again.',
    });
  }
  return withAttempt(platform.temp, async (attempt) => {
    await using session = await platform.openSession(signal);
    const relation = await openSet(platform, attempt, sets.train);
    const signature = await signatureOf(session, relation, retraining);
    const train = await readDataset(session, relation, signature);
    const held = await openSet(platform, attempt, sets.validation);
    const validation = await readDataset(session, held, signature);
    const { model, warnings } = await gbdtTrainer.train({
      train,
      validation,
      params,
      seed: retraining.seed,
      threads: platform.trainingThreads,
      signal,
    });
    const scores = model.predict(validation);
    return {
      trial,
      artifact: await keep(platform.store, resolved.evidence, `trial-${trial + 1}.txt`, model.save()),
      averagePrecision: averagePrecision(scores, validation.target),
      millis: Date.now() - started,
      warnings: warnings.map(({ feature, problem }) => `${feature}: ${problem}`),
    };
  });
}
