import { sleep } from '@temporalio/workflow';
import type { ResolvedRetraining, Watched } from '../activities/retrain/retrain.types.ts';
import { durationMillis } from '../core/instant.ts';
import { retrainActivities } from './activity-proxies.ts';
import type { RetrainingLog } from './retrain-log.ts';

/** Looks at the new champion beside the former one for as long as the policy says, or until it is worse or gone. */
export async function watch(
  resolved: ResolvedRetraining,
  champion: number,
  former: number,
  log: RetrainingLog,
): Promise<Watched> {
  const millis = durationMillis(resolved.monitoring.every);
  const rounds = Math.floor(durationMillis(resolved.monitoring.for) / millis);
  let last: Watched = { says: 'too_early', finding: 'nobody looked', holder: champion, evidence: undefined };
  for (let round = 1; round <= rounds; round += 1) {
    await sleep(millis);
    last = await retrainActivities(resolved.env).watchChampion({ resolved, champion, former, round });
    log.add(`watch ${round} of ${rounds}`, `${last.says.replace('_', ' ')}: ${last.finding}`, last.evidence);
    if (last.says === 'worse' || last.says === 'superseded') break;
  }
  return last;
}
