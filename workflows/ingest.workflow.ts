import { CancellationScope, isCancellation, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { IngestInput, IngestResult } from '../activities/run.types.ts';
import { printInterval } from '../core/interval.ts';
import type { Claim } from '../core/ledger.ts';
import { control, ingestActivities } from './activity-proxies.ts';
import { endedBy, rootFailure } from './failures.ts';
import { Progress } from './progress.ts';
import { searchAttributesOf } from './search-attributes.ts';
import { noteUndeclared } from './undeclared.ts';

/** A range that others keep taking away is given up, rather than extracted for ever. */
const MOST_CLAIMS = 5;

/** One source dataset over one range, into bronze. */
export async function ingest(input: IngestInput): Promise<IngestResult> {
  const { env, dataset, interval, queue } = input;
  upsertSearchAttributes(searchAttributesOf({ env, dataset, interval }));
  const progress = new Progress(`${dataset} ${printInterval(interval)}`);
  progress.enter('ingesting');
  try {
    for (let claims = 1; ; claims += 1) {
      const claim = await control.claimIngest({ dataset, interval, run: workflowInfo().workflowId });
      try {
        const result = await ingestOnce(input, claim, ingestActivities(env, queue));
        progress.add(dataset, 'done', result);
        noteUndeclared(progress, result);
        progress.enter('done');
        return result;
      } catch (error) {
        // Somebody committed or cancelled this range since it was claimed: what is still due is read under a new claim.
        if (isCancellation(error) || rootFailure(error).type !== 'fenced' || claims === MOST_CLAIMS) throw error;
      }
    }
  } catch (error) {
    throw endedBy(error, progress);
  }
}

async function ingestOnce(
  { dataset, interval }: IngestInput,
  claim: Claim,
  activities: ReturnType<typeof ingestActivities>,
): Promise<IngestResult> {
  try {
    return await activities.ingest({ dataset, interval, claim });
  } catch (error) {
    // An extraction that does not hear of the cancellation (its worker hangs, or is cut off) must not commit later.
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => control.cancelClaim({ claim }));
    throw error;
  }
}
