import { CancellationScope, isCancellation, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type {
  Challenger,
  Comparison,
  Decision,
  DriftSummary,
  Ending,
  ResolvedRetraining,
  Sets,
  Trial,
} from '../activities/retrain/retrain.types.ts';
import { retrainActivities, retrainControl, trainingActivities } from './activity-proxies.ts';
import { asWorkflowFailure, rootFailure } from './failures.ts';
import { DecisionDesk } from './retrain-decision.ts';
import { RetrainingLog } from './retrain-log.ts';
import { Notices } from './retrain-notices.ts';
import { printDrift, reasonOf, warningsOf } from './retrain-text.ts';
import { watch } from './retrain-watch.ts';
import { SCHEDULED_START, searchAttributesOf } from './search-attributes.ts';

/** What came of it, short enough to read in the UI. */
export interface RetrainingSummary {
  readonly model: string;
  readonly outcome: Exclude<Ending, 'failed' | 'cancelled'>;
  readonly drift: DriftSummary;
  readonly challenger: Challenger | undefined;
  readonly comparison: Comparison | undefined;
  readonly decision: Decision | undefined;
  readonly champion: number | null;
}

type Found = Partial<Pick<RetrainingSummary, 'challenger' | 'comparison' | 'decision'>>;

interface Loop {
  readonly resolved: ResolvedRetraining;
  readonly log: RetrainingLog;
  readonly desk: DecisionDesk;
  readonly notices: Notices;
}

/**
 * Detect, notify, prepare, train, validate, compare, approve, promote, watch. Whatever fails, is killed or refused on the
 * way, the champion stays: it moves in one step, after everything else is written.
 */
export async function retrain(input: unknown): Promise<RetrainingSummary> {
  const log = new RetrainingLog();
  const desk = new DecisionDesk(() => log.state);
  const notices = new Notices(log);
  let loop: Loop | undefined;
  try {
    log.enter('resolving');
    const nominal = workflowInfo().typedSearchAttributes.get(SCHEDULED_START)?.toISOString();
    const resolved = await retrainControl.resolveRetraining({ input, nominal });
    loop = { resolved, log, desk, notices };
    const { env, model, asOf, windows } = resolved;
    const interval = { start: windows.train.start, end: asOf };
    upsertSearchAttributes(searchAttributesOf({ env, pipeline: `retrain ${model}`, interval }));
    const summary = await steps(loop);
    await end(loop, summary.outcome);
    return summary;
  } catch (error) {
    const ending = isCancellation(error) ? 'cancelled' : 'failed';
    const { message } = rootFailure(error);
    log.enter(ending);
    if (ending === 'failed') log.add('failed', message);
    if (loop) {
      if (ending === 'failed') notices.tell(loop.resolved, 'failed', message);
      await end(loop, ending).catch((problem) => log.add('end', rootFailure(problem).message));
    }
    throw ending === 'cancelled' ? error : asWorkflowFailure(error);
  }
}

/** Keeps how it ended and takes back what the run left standing; also when it is cancelled. */
const end = ({ resolved, log, notices }: Loop, ending: Ending): Promise<void> =>
  CancellationScope.nonCancellable(async () => {
    await notices.settled();
    await retrainControl.endRetraining({ resolved, ending, lines: log.lines });
  });

async function steps(loop: Loop): Promise<RetrainingSummary> {
  const { resolved, log, notices } = loop;
  const { model, champion, force } = resolved;
  const activities = retrainActivities(resolved.env);
  log.enter('looking for drift');
  const drift = await activities.lookForDrift({ resolved });
  log.add('drift', printDrift(drift), drift.report.path);
  const ended = (outcome: RetrainingSummary['outcome'], found: Found = {}, now = champion): RetrainingSummary => {
    log.enter(outcome);
    const { challenger, comparison, decision } = found;
    return { model, outcome, drift, challenger, comparison, decision, champion: now };
  };
  const told = (
    outcome: RetrainingSummary['outcome'] & Parameters<Notices['tell']>[1],
    text: string,
  ): typeof outcome => {
    notices.tell(resolved, outcome, text);
    return outcome;
  };
  if (champion !== null && !force) {
    if (drift.problem !== null) return ended(told('cannot_tell', `Nothing can be said of drift: ${drift.problem}`));
    if (drift.reasons.length === 0) return ended('no_drift');
  }
  notices.tell(resolved, 'drift', reasonOf(resolved, drift));

  log.enter('preparing');
  const sets = await activities.prepareSets({ resolved });
  if ('problem' in sets) {
    log.add('training set', sets.problem);
    return ended(told('too_little_data', sets.problem));
  }
  log.add('training set', `${sets.train.rows} rows, ${sets.train.positives} positives`, sets.train.path);
  log.enter('training');
  const trials = await trainAll(resolved, sets);
  const best = trials.reduce((a, b) => (b.averagePrecision > a.averagePrecision ? b : a));
  log.add('trials', trials.map((t) => t.averagePrecision.toFixed(4)).join(', '));
  const warnings = warningsOf(trials);
  if (warnings.length > 0) log.add('features that teach nothing', warnings.join(', '));
  log.enter('validating');
  const training = trainingActivities(resolved.env);
  const challenger = await training.makeChallenger({ resolved, sets, best, trials, drift });
  if ('problem' in challenger) {
    log.add('challenger', challenger.problem);
    const decision = { approve: false, who: 'policy', why: challenger.problem };
    return ended(told('refused', challenger.problem), { decision });
  }
  log.add('challenger', `version ${challenger.version}`);
  log.enter('comparing');
  const comparison = await activities.compareModels({ resolved, sets, challenger });
  log.add('comparison', comparison.findings.join('; '));

  const decision = await decide(loop, comparison);
  const { who, why } = decision;
  const found = { challenger, comparison, decision };
  const chosen = { resolved, challenger, comparison, decision };
  if (!decision.approve) {
    await activities.refuseChallenger(chosen);
    log.add('refused', `version ${challenger.version}, by ${who}: ${why}`);
    return ended(told('refused', `Version ${challenger.version} is refused by ${who}: ${why}`), found);
  }
  log.enter('promoting');
  const superseded = (holder: number | null) => {
    const text = `Somebody ${holder === null ? 'withdrew the champion' : `made version ${holder} champion`} meanwhile`;
    log.add('champion', text);
    return ended(told('superseded', text), found, holder);
  };
  const { version } = challenger;
  const promoted = await activities.promoteChallenger(chosen);
  if (promoted.champion !== version) return superseded(promoted.champion);
  log.add('champion', `version ${version}, by ${who}: ${why}`);
  notices.tell(resolved, 'promoted', `Version ${version} is champion: ${why}`);
  if (champion === null) return ended('promoted', found, version);

  log.enter('watching');
  const { says, finding, holder } = await watch(resolved, version, champion, log);
  if (says === 'superseded') return superseded(holder);
  if (says === 'fine') return ended('promoted', found, version);
  if (says === 'too_early')
    return ended(told('unproven', `Version ${version} stays, unproven: ${finding}`), found, version);
  const back = await activities.rollBack({ resolved, from: version, to: champion, why: finding });
  if (back.champion !== champion) return superseded(back.champion);
  log.add('rolled back', `to version ${champion}: ${finding}`);
  return ended(told('rolled_back', `Back to version ${champion}: ${finding}`), found);
}

const trainAll = (resolved: ResolvedRetraining, sets: Sets): Promise<Trial[]> =>
  Promise.all(
    Array.from({ length: resolved.trials }, (_, trial) =>
      trainingActivities(resolved.env).trainTrial({ resolved, sets, trial }),
    ),
  );

/** What does not pass is refused without asking anybody. */
async function decide({ resolved, log, desk, notices }: Loop, { passes, findings }: Comparison): Promise<Decision> {
  const { approval } = resolved.policy;
  if (!passes) return { approve: false, who: 'policy', why: findings.join('; ') };
  if (approval.by === 'automatic') return { approve: true, who: 'policy', why: 'every gate is passed' };
  notices.tell(resolved, 'approval_wanted', findings.join('; '));
  log.enter('waiting for approval');
  return desk.ask(approval);
}
