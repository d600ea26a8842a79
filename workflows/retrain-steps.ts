import type { Comparison, Decision } from '../activities/retrain/retrain.types.ts';
import { retrainActivities } from './activity-proxies.ts';
import { Endings, type Loop, type RetrainingSummary } from './retrain-endings.ts';
import { learn } from './retrain-learn.ts';
import { promote } from './retrain-promote.ts';
import { printDrift, reasonOf } from './retrain-text.ts';

/** Detect, learn, compare, decide, promote: from the look for drift to how it ends. */
export async function steps(loop: Loop): Promise<RetrainingSummary> {
  const { resolved, log, notices } = loop;
  const activities = retrainActivities(resolved.env);
  log.enter('looking for drift');
  const drift = await activities.lookForDrift({ resolved });
  log.add('drift', printDrift(drift), drift.report.path);
  const endings = new Endings(loop, drift);
  if (resolved.champion !== null && !resolved.force) {
    if (drift.problem !== null) return endings.told('cannot_tell', `Nothing can be said of drift: ${drift.problem}`);
    if (drift.reasons.length === 0) return endings.quiet('no_drift');
  }
  notices.tell(resolved, 'drift', reasonOf(resolved, drift));

  const learned = await learn(loop, drift, endings);
  if ('outcome' in learned) return learned;
  const { sets, challenger } = learned;
  log.enter('comparing');
  const comparison = await activities.compareModels({ resolved, sets, challenger });
  log.add('comparison', comparison.findings.join('; '));

  const decision = await decide(loop, comparison);
  const chosen = { resolved, challenger, comparison, decision };
  if (decision.approve) return promote(loop, chosen, endings);
  const { who, why } = decision;
  await activities.refuseChallenger(chosen);
  log.add('refused', `version ${challenger.version}, by ${who}: ${why}`);
  return endings.told('refused', `Version ${challenger.version} is refused by ${who}: ${why}`, chosen);
}

/** What does not pass is refused without asking anybody. */
async function decide({ resolved, log, desk, notices }: Loop, { passes, findings }: Comparison): Promise<Decision> {
  const { approval } = resolved.policy;
  if (!passes) return { approve: false, who: 'policy', why: findings.join('; ') };
  if (approval.by === 'automatic') return { approve: true, who: 'policy', why: 'every gate is passed' };
  notices.tell(resolved, 'approval_wanted', findings.join('; '));
  log.enter('waiting for approval');
  return desk.ask(approval);
}
