import { StrataError } from '../../core/errors.ts';
import type { Retraining } from '../../core/retraining.ts';
import { fetchVerified } from '../../ml/artifact-file.ts';
import { calibrate, calibrationError, fitCalibration } from '../../ml/calibration.ts';
import { contentHash } from '../../ml/content-hash.ts';
import { gbdtTrainer } from '../../ml/gbdt/gbdt.trainer.ts';
import { logisticTrainer } from '../../ml/logistic.trainer.ts';
import { areaUnderRoc, averagePrecision, recallAtPrecision } from '../../ml/metrics.ts';
import { readModel } from '../../ml/read-model.ts';
import type { ModelRegistry } from '../../ml/registry.ts';
import { atThreshold, chooseThreshold } from '../../ml/threshold.ts';
import { LIGHTGBM_FORMAT } from '../../ml/tree-model.ts';
import { withAttempt } from '../attempt.ts';
import type { Platform } from '../platform.ts';
import { keep } from './evidence.ts';
import { pinVersion } from './pins.ts';
import { openSet, readDataset, signatureOf } from './read-set.ts';
import type { Challenger, ChallengerInput } from './retrain.types.ts';
import { thresholdRule } from './threshold-of.ts';

/**
 * The best trial becomes a version: calibrated and given its threshold on the validation set, measured on the test set,
 * registered with everything it was made from.
 * @throws quality when it does not rank better than chance
 */
export function makeChallenger(
  platform: Platform,
  registry: ModelRegistry,
  retraining: Retraining,
  { resolved, sets, best, trials, drift }: ChallengerInput,
  madeBy: string,
  signal: AbortSignal,
): Promise<Challenger> {
  return withAttempt(platform.temp, async (attempt) => {
    await using session = await platform.openSession(signal);
    const relation = await openSet(platform, attempt, sets.train);
    const signature = await signatureOf(session, relation, retraining);
    const read = async (of: string) => readDataset(session, of, signature);
    const train = await read(relation);
    const validationSet = await openSet(platform, attempt, sets.validation);
    const validation = await read(validationSet);
    const test = await read(await openSet(platform, attempt, sets.test));
    const artifact = await fetchVerified(platform.store, best.artifact);
    const model = readModel(LIGHTGBM_FORMAT, artifact, signature);
    const seen = model.predict(validation);
    const calibration = fitCalibration(seen, validation.target);
    const rule = await thresholdRule(session, validationSet, retraining);
    const chosen = chooseThreshold(calibrate(calibration, seen), validation.target, rule);
    // JSON has no infinity, and no probability reaches 2: nothing is an alert.
    const threshold = Number.isFinite(chosen.score) ? chosen.score : 2;
    const scores = model.predict(test);
    const probabilities = calibrate(calibration, scores);
    const baseline = (await logisticTrainer.train({ train, seed: retraining.seed, signal })).model.predict(test);
    const metrics = {
      averagePrecision: averagePrecision(scores, test.target),
      areaUnderRoc: areaUnderRoc(scores, test.target),
      recallAtPrecision95: recallAtPrecision(scores, test.target, 0.95),
      calibrationError: calibrationError(probabilities, test.target),
      ...atThreshold(probabilities, test.target, threshold),
      baselineAveragePrecision: averagePrecision(baseline, test.target),
      validationAveragePrecision: best.averagePrecision,
      share: sets.test.positives / sets.test.rows,
    };
    if (metrics.areaUnderRoc <= 0.5) throw noBetterThanChance(retraining.model, metrics.areaUnderRoc);
    const summary = { resolved, sets, trials, best: best.trial, threshold: chosen, metrics, drift };
    const evidence = await keep(platform.store, resolved.evidence, 'challenger.json', JSON.stringify(summary, null, 2));
    const trainedFrom = {
      [retraining.features.name]: resolved.pins.features,
      [retraining.labels.dataset.name]: resolved.pins.labels,
    };
    const version = await registry.register(retraining.model, {
      madeBy,
      format: LIGHTGBM_FORMAT,
      artifact: best.artifact,
      signature,
      params: { trainer: gbdtTrainer.name, seed: retraining.seed, ...retraining.search[best.trial] },
      metrics,
      calibration,
      threshold,
      trainedFrom,
      learnedFrom: {
        start: resolved.windows.train.start,
        end: resolved.windows.validation.end,
        contentHash: contentHash(train),
      },
      sets,
      evidence: { challenger: evidence, drift: drift.report },
    });
    await pinVersion(platform.store, resolved.env, retraining.model, version, trainedFrom);
    const from = await registry.alias(retraining.model, 'challenger');
    const signed = { who: 'drift_and_retrain', why: 'newly trained' };
    await registry.move(retraining.model, { alias: 'challenger', from, to: version, ...signed });
    return { version, metrics, threshold, unreachable: chosen.problem };
  });
}

const noBetterThanChance = (model: string, area: number): StrataError =>
  new StrataError('quality', `The new model of ${model} does not rank better than chance: AUC ${area.toFixed(3)}`, {
    hint: 'Look at the features and labels in the evidence. The champion stays.',
  });
