import type { DecidedInput } from '../activities/retrain/retrain.types.ts';
import { retrainActivities } from './activity-proxies.ts';
import type { Endings, Loop, RetrainingSummary } from './retrain-endings.ts';
import { watch } from './retrain-watch.ts';

/** Makes the challenger champion and watches it beside the former one, which comes back where it was better. */
export async function promote(
  { resolved, log, notices }: Loop,
  chosen: DecidedInput,
  endings: Endings,
): Promise<RetrainingSummary> {
  const activities = retrainActivities(resolved.env);
  const former = resolved.champion;
  const { version } = chosen.challenger;
  const { who, why } = chosen.decision;
  log.enter('promoting');
  const promoted = await activities.promoteChallenger(chosen);
  if (promoted.champion !== version) return endings.superseded(promoted.champion, chosen);
  log.add('champion', `version ${version}, by ${who}: ${why}`);
  notices.tell(resolved, 'promoted', `Version ${version} is champion: ${why}`);
  if (former === null) return endings.quiet('promoted', chosen, version);

  log.enter('watching');
  const { says, finding, holder } = await watch(resolved, version, former, log);
  if (says === 'superseded') return endings.superseded(holder, chosen);
  if (says === 'fine') return endings.quiet('promoted', chosen, version);
  if (says === 'too_early')
    return endings.told('unproven', `Version ${version} stays, unproven: ${finding}`, chosen, version);
  const back = await activities.rollBack({ resolved, from: version, to: former, why: finding });
  if (back.champion !== former) return endings.superseded(back.champion, chosen);
  log.add('rolled back', `to version ${former}: ${finding}`);
  return endings.told('rolled_back', `Back to version ${former}: ${finding}`, chosen);
}
