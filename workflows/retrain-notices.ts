import { CancellationScope } from '@temporalio/workflow';
import type { NoticeEvent, ResolvedRetraining } from '../activities/retrain/retrain.types.ts';
import { retrainNotices } from './activity-proxies.ts';
import { rootFailure } from './failures.ts';
import type { RetrainingLog } from './retrain-log.ts';

/** Tells the webhook, one notice after the other. No step waits for it: one that does not answer holds nothing up. */
export class Notices {
  readonly #log: RetrainingLog;
  #last: Promise<void> = Promise.resolve();

  constructor(log: RetrainingLog) {
    this.#log = log;
  }

  tell(resolved: ResolvedRetraining, event: NoticeEvent, text: string): void {
    if (!resolved.notifies) return;
    this.#last = this.#last.then(() => this.#send(resolved, event, text));
  }

  /** Before the workflow ends, which would take back what is not sent yet. */
  settled(): Promise<void> {
    return this.#last;
  }

  async #send(resolved: ResolvedRetraining, event: NoticeEvent, text: string): Promise<void> {
    try {
      await CancellationScope.nonCancellable(() => retrainNotices.notify({ resolved, event, text }));
    } catch (error) {
      this.#log.add('notice', `${event} was not told: ${rootFailure(error).message}`);
    }
  }
}
