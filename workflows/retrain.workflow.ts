import { isCancellation, setCurrentDetails, sleep, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type {
  Challenger,
  Comparison,
  Decision,
  DriftSummary,
  ResolvedRetraining,
  Sets,
  Trial,
} from '../activities/retrain/retrain.types.ts';
import { durationMillis } from '../core/instant.ts';
import { retrainActivities, retrainControl } from './activity-proxies.ts';
import { asWorkflowFailure, rootFailure } from './failures.ts';
import { askForDecision } from './retrain-decision.ts';
import { RetrainingLog } from './retrain-log.ts';
import { SCHEDULED_START, searchAttributesOf } from './search-attributes.ts';

/** What came of it, short enough to read in the UI. */
export interface RetrainingSummary {
  readonly model: string;
  readonly outcome: 'no_drift' | 'too_little_data' | 'refused' | 'promoted' | 'rolled_back';
  readonly drift: DriftSummary;
  readonly challenger: Challenger | undefined;
  readonly comparison: Comparison | undefined;
  readonly decision: Decision | undefined;
  readonly champion: number | null;
}

type Found = Pick<RetrainingSummary, 'drift' | 'challenger' | 'comparison' | 'decision'>;

/**
 * Detect, notify, prepare, train, validate, compare, approve, promote, watch. Whatever fails, is killed or refused on the
 * way, the champion stays: it moves in one step, after everything else is written.
 */
export async function retrain(input: unknown): Promise<RetrainingSummary> {
  const log = new RetrainingLog();
  let known: ResolvedRetraining | undefined;
  try {
    log.enter('resolving');
    const nominal = workflowInfo().typedSearchAttributes.get(SCHEDULED_START)?.toISOString();
    const resolved = await retrainControl.resolveRetraining({ input, nominal });
    known = resolved;
    upsertSearchAttributes(searchAttributesOf({ env: resolved.env, pipeline: `retrain ${resolved.model}` }));
    return await steps(resolved, log);
  } catch (error) {
    if (isCancellation(error)) {
      log.enter('cancelled');
      throw error;
    }
    log.enter('failed');
    log.add('failed', rootFailure(error).message);
    if (known) await notify(known, 'failed', rootFailure(error).message).catch(() => undefined);
    throw asWorkflowFailure(error);
  }
}

async function steps(resolved: ResolvedRetraining, log: RetrainingLog): Promise<RetrainingSummary> {
  const { model, champion } = resolved;
  const activities = retrainActivities(resolved.env);
  log.enter('looking for drift');
  const drift = await activities.lookForDrift({ resolved });
  log.add('drift', drift.drifted.length > 0 ? drift.drifted.join(', ') : 'none', drift.report.path);
  const end = (outcome: RetrainingSummary['outcome'], found: Partial<Found>, now: number | null) => {
    log.enter(outcome);
    const { challenger, comparison, decision } = found;
    return { model, outcome, drift, challenger, comparison, decision, champion: now };
  };
  if (drift.drifted.length === 0 && !resolved.force && champion !== null) return end('no_drift', {}, champion);
  await notify(resolved, 'drift', reasonOf(resolved, drift));

  log.enter('preparing');
  const prepared = await prepare(resolved);
  if ('problem' in prepared) {
    log.add('training set', prepared.problem);
    return end('too_little_data', {}, champion);
  }
  const { sets } = prepared;
  log.add('training set', `${sets.train.rows} rows, ${sets.train.positives} positives`, sets.train.path);
  log.enter('training');
  const trials = await trainAll(resolved, sets);
  const best = trials.reduce((a, b) => (b.averagePrecision > a.averagePrecision ? b : a));
  log.add('trials', trials.map((t) => t.averagePrecision.toFixed(4)).join(', '));
  log.enter('validating');
  const challenger = await activities.makeChallenger({ resolved, sets, best, trials, drift });
  log.add('challenger', `version ${challenger.version}`);
  log.enter('comparing');
  const comparison = await activities.compareModels({ resolved, sets, challenger });
  log.add('comparison', comparison.findings.join('; '));

  const decision = await decide(resolved, comparison, log);
  const found = { challenger, comparison, decision };
  if (!decision.approve) {
    await activities.refuseChallenger({ resolved, challenger, decision });
    await notify(resolved, 'refused', `Version ${challenger.version} is refused by ${decision.who}: ${decision.why}`);
    return end('refused', found, champion);
  }
  log.enter('promoting');
  await activities.promoteChallenger({ resolved, challenger, decision });
  log.add('champion', `version ${challenger.version}, by ${decision.who}: ${decision.why}`);
  await notify(resolved, 'promoted', `Version ${challenger.version} is champion: ${decision.why}`);
  if (champion === null) return end('promoted', found, challenger.version);

  log.enter('watching');
  const worse = await watch(resolved, challenger.version, champion, log);
  if (worse === undefined) return end('promoted', found, challenger.version);
  await activities.rollBack({ resolved, from: challenger.version, to: champion, why: worse });
  log.add('rolled back', `to version ${champion}: ${worse}`);
  await notify(resolved, 'rolled_back', `Back to version ${champion}: ${worse}`);
  return end('rolled_back', found, champion);
}

const reasonOf = ({ champion, force }: ResolvedRetraining, { drifted }: DriftSummary): string => {
  if (drifted.length > 0) return `Drift in ${drifted.join(', ')}`;
  return champion === null && !force ? 'There is no champion yet' : 'Asked for by hand';
};

/** Too few rows or labels to learn from is no failure: the champion, if there is one, goes on. */
async function prepare(resolved: ResolvedRetraining): Promise<{ sets: Sets } | { problem: string }> {
  try {
    return { sets: await retrainActivities(resolved.env).prepareSets({ resolved }) };
  } catch (error) {
    const { type, message } = rootFailure(error);
    if (type !== 'quality') throw error;
    return { problem: message };
  }
}

const trainAll = (resolved: ResolvedRetraining, sets: Sets): Promise<Trial[]> =>
  Promise.all(
    Array.from({ length: resolved.trials }, (_, trial) =>
      retrainActivities(resolved.env).trainTrial({ resolved, sets, trial }),
    ),
  );

/** What does not pass is refused without asking anybody. */
async function decide(
  resolved: ResolvedRetraining,
  { passes, findings }: Comparison,
  log: RetrainingLog,
): Promise<Decision> {
  const { approval } = resolved.policy;
  if (!passes) return { approve: false, who: 'policy', why: findings.join('; ') };
  if (approval.by === 'automatic') return { approve: true, who: 'policy', why: 'every gate is passed' };
  log.enter('waiting for approval');
  await notify(resolved, 'approval_wanted', findings.join('; '));
  return askForDecision(approval);
}

/** @returns why the new champion is worse than the former one; undefined: it is not, as far as labels came */
async function watch(
  resolved: ResolvedRetraining,
  champion: number,
  former: number,
  log: RetrainingLog,
): Promise<string | undefined> {
  const millis = durationMillis(resolved.monitoring.every);
  const rounds = Math.floor(durationMillis(resolved.monitoring.for) / millis);
  for (let round = 1; round <= rounds; round += 1) {
    await sleep(millis);
    const { says, finding } = await retrainActivities(resolved.env).watchChampion({ resolved, champion, former });
    log.add(`watch ${round} of ${rounds}`, finding);
    if (says === 'worse') return finding;
  }
  return undefined;
}

/** A webhook that does not answer holds nothing up: the activity itself gives up after its tries and says so. */
async function notify(
  resolved: ResolvedRetraining,
  event: 'drift' | 'approval_wanted' | 'promoted' | 'refused' | 'rolled_back' | 'failed',
  text: string,
): Promise<void> {
  if (!resolved.notifies) return;
  try {
    await retrainControl.notify({ resolved, event, text });
  } catch (error) {
    if (isCancellation(error)) throw error;
    setCurrentDetails(`The notification failed: ${rootFailure(error).message}`);
  }
}
