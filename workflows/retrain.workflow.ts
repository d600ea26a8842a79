import { CancellationScope, isCancellation, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { Ending } from '../activities/retrain/retrain.types.ts';
import { retrainControl } from './activity-proxies.ts';
import { asWorkflowFailure, rootFailure } from './failures.ts';
import { DecisionDesk } from './retrain-decision.ts';
import type { Loop, RetrainingSummary } from './retrain-endings.ts';
import { RetrainingLog } from './retrain-log.ts';
import { Notices } from './retrain-notices.ts';
import { steps } from './retrain-steps.ts';
import { SCHEDULED_START, searchAttributesOf } from './search-attributes.ts';

export type { RetrainingSummary };

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
