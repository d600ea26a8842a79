import { Context } from '@temporalio/activity';
import { StrataError } from '../../core/errors.ts';
import { instant } from '../../core/instant.ts';
import type { Platform } from '../platform.ts';
import { compareModels } from './compare-models.ts';
import { endRetraining } from './end-retraining.ts';
import { lookForDrift } from './look-for-drift.ts';
import { makeChallenger } from './make-challenger.ts';
import { sendNotice } from './notify.ts';
import { pinRun } from './pins.ts';
import { prepareSets } from './prepare-sets.ts';
import { promote, refuse, rollBack } from './promotion.ts';
import { registryOf } from './registry-of.ts';
import type {
  ChallengerInput,
  CompareInput,
  DecidedInput,
  EndInput,
  Notice,
  Problem,
  ResolvedRetraining,
  ResolveRetrainingInput,
  RollbackInput,
  Step,
  TrialInput,
  WatchInput,
} from './retrain.types.ts';
import { checkRetraining, refuseSeenTest, retrainingNamed, windowsOf } from './retrain-input.ts';
import { trainTrial } from './train-trial.ts';
import { watchChampion } from './watch-champion.ts';

/** What decides, tells or moves an alias: short, on the queue of the workflows. */
export function createRetrainControlActivities(platform: Platform) {
  const { env, project, lake, store } = platform;
  const registry = registryOf(platform);
  const run = () => Context.current().info.workflowExecution?.runId ?? '';

  /** Pins the tables and the champion: every later step goes by the same. @throws bad_input that says what is valid */
  async function resolveRetraining({ input, nominal }: ResolveRetrainingInput): Promise<ResolvedRetraining> {
    const now = nominal === undefined ? platform.now() : (platform.simulatedNow ?? instant(nominal));
    const { retraining, asOf, force } = checkRetraining(project, input, now);
    const { model, features, labels, policy, monitoring, search, notify: to } = retraining;
    const version = async (name: string) => (await lake.table(name).load()).version;
    const pins = { features: await version(features.name), labels: await version(labels.dataset.name) };
    if (pins.features < 0) throw neverBuilt(features.name);
    const windows = windowsOf(retraining, asOf);
    const champion = await registry.alias(model, 'champion');
    if (champion !== null) refuseSeenTest(await registry.version(model, champion), windows.test);
    await pinRun(store, env, model, run(), { [features.name]: pins.features, [labels.dataset.name]: pins.labels });
    return {
      env,
      model,
      asOf,
      windows,
      pins,
      trials: search.length,
      policy,
      monitoring,
      champion,
      force,
      notifies: to !== undefined,
      evidence: `${env}/_strata/evidence/${model}/${asOf.slice(0, 10)}-${run()}`,
    };
  }

  async function notify(notice: Notice): Promise<void> {
    const name = retrainingNamed(project, notice.resolved.model).notify;
    if (name === undefined) return;
    const { log, cancellationSignal } = Context.current();
    const url = platform.webhook(name);
    if (url !== undefined) await sendNotice(url, notice, cancellationSignal);
    else log.info(`${notice.event}: nobody is told, STRATA_WEBHOOK_${name.toUpperCase()} is not set`);
  }

  return {
    resolveRetraining,
    notify,
    endRetraining: (input: EndInput) => endRetraining(platform, registry, input, run()),
  };
}

/** What reads rows and compares: the `ml` queue. */
export function createRetrainActivities(platform: Platform) {
  const registry = registryOf(platform);
  const retrainingOf = ({ resolved }: Step) => retrainingNamed(platform.project, resolved.model);
  const signal = () => Context.current().cancellationSignal;

  return {
    lookForDrift: (step: Step) => lookForDrift(platform, registry, retrainingOf(step), step.resolved, signal()),
    prepareSets: (step: Step) =>
      orProblem(prepareSets(platform, registry, retrainingOf(step), step.resolved, signal())),
    compareModels: (input: CompareInput) => compareModels(platform, registry, retrainingOf(input), input, signal()),
    promoteChallenger: (input: DecidedInput) => promote(platform, registry, input),
    refuseChallenger: (input: DecidedInput) => refuse(platform, registry, input),
    watchChampion: (input: WatchInput) => watchChampion(platform, registry, retrainingOf(input), input, signal()),
    rollBack: (input: RollbackInput) => rollBack(registry, input),
  };
}

/** What trains: the `training` queue. */
export function createTrainingActivities(platform: Platform) {
  const registry = registryOf(platform);
  const retrainingOf = ({ resolved }: Step) => retrainingNamed(platform.project, resolved.model);
  const signal = () => Context.current().cancellationSignal;
  const workflow = () => Context.current().info.workflowExecution?.runId ?? '';

  return {
    trainTrial: (input: TrialInput) => trainTrial(platform, retrainingOf(input), input, signal()),
    makeChallenger: (input: ChallengerInput) =>
      orProblem(makeChallenger(platform, registry, retrainingOf(input), input, workflow(), signal())),
  };
}

/** What the data does not allow is a result and no failure: the champion, if there is one, goes on. */
async function orProblem<T>(work: Promise<T>): Promise<T | Problem> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof StrataError) || error.code !== 'quality') throw error;
    return { problem: error.message };
  }
}

const neverBuilt = (features: string): StrataError =>
  new StrataError('bad_input', `${features} was never built, so there is nothing to learn from`, {
    hint: 'Run the pipeline that builds it first.',
  });

export type RetrainControlActivities = ReturnType<typeof createRetrainControlActivities>;
export type RetrainActivities = ReturnType<typeof createRetrainActivities>;
export type TrainingActivities = ReturnType<typeof createTrainingActivities>;
