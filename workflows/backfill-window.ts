import { condition, isCancellation, workflowInfo } from '@temporalio/workflow';
import type { RequiredBronze } from '../activities/converge.types.ts';
import type { PlannedIngest } from '../activities/ingest-plan.ts';
import type { ResolvedBackfill } from '../activities/run.types.ts';
import { printInterval } from '../core/interval.ts';
import { control } from './activity-proxies.ts';
import { rootFailure } from './failures.ts';
import { ingestOrAttach } from './ingest-child.ts';
import type { Progress } from './progress.ts';
import { requiredBy } from './required.ts';

/** Where a backfill stands; all that survives when its history is cut. */
export interface BackfillState {
  /** Position in the plan; undefined when all of it has been started. */
  next: number | undefined;
  failed: (PlannedIngest & { message: string })[];
  /** Failed ones that are to be tried again. */
  retry: PlannedIngest[];
  required: RequiredBronze;
  ingests: number;
  /** Intervals of sources: looked at, not due, and all. */
  done: number;
  skipped: number;
  total: number;
  paused: boolean;
}

export const emptyState = (): BackfillState => ({
  next: 0,
  failed: [],
  retry: [],
  required: {},
  ingests: 0,
  done: 0,
  skipped: 0,
  total: 0,
  paused: false,
});

/** Ingests the whole plan, `maxActive` chunks at once: the next starts as soon as one ends. */
export async function ingestWindow(
  resolved: ResolvedBackfill,
  state: BackfillState,
  progress: Progress,
): Promise<'all done' | 'history is long'> {
  const window = new Window(resolved, state, progress);
  progress.expect(state.total + 2);
  progress.step(state.done + state.skipped);
  try {
    for (;;) {
      await condition(() => !state.paused && window.active.size < resolved.maxActive);
      const chunk = await window.take();
      if (chunk !== undefined && !workflowInfo().continueAsNewSuggested) {
        window.start(chunk);
        continue;
      }
      if (chunk !== undefined) state.retry.push(chunk);
      await Promise.all(window.active);
      // What is taken but not started goes into the carried state: nothing is forgotten at the seam.
      if (workflowInfo().continueAsNewSuggested) {
        state.retry.push(...window.page);
        window.page.length = 0;
        return 'history is long';
      }
      if (state.retry.length === 0 && state.next === undefined && window.page.length === 0) return 'all done';
    }
  } finally {
    // Children that are being cancelled release their claims first.
    await Promise.allSettled(window.active);
  }
}

class Window {
  readonly active = new Set<Promise<void>>();
  readonly page: PlannedIngest[] = [];
  readonly #resolved: ResolvedBackfill;
  readonly #state: BackfillState;
  readonly #progress: Progress;

  constructor(resolved: ResolvedBackfill, state: BackfillState, progress: Progress) {
    this.#resolved = resolved;
    this.#state = state;
    this.#progress = progress;
  }

  async take(): Promise<PlannedIngest | undefined> {
    const state = this.#state;
    while (this.page.length === 0 && state.retry.length === 0 && state.next !== undefined) {
      const { pipeline, interval, reprocess, newestFirst } = this.#resolved;
      const { ingests, skipped, total, next } = await control.planIngests({
        pipeline,
        interval,
        reprocess,
        newestFirst,
        after: state.next,
      });
      this.page.push(...ingests);
      if (state.total === 0) this.#progress.expect(total);
      this.#progress.step(skipped);
      Object.assign(state, { next, total, skipped: state.skipped + skipped });
    }
    return state.retry.shift() ?? this.page.shift();
  }

  start(chunk: PlannedIngest): void {
    const work = this.#ingest(chunk).finally(() => this.active.delete(work));
    this.active.add(work);
    // Awaited later, in Promise.all; until then a rejection must not count as nobody's.
    work.catch(() => undefined);
  }

  async #ingest(planned: PlannedIngest): Promise<void> {
    const state = this.#state;
    const { dataset, interval, intervals } = planned;
    this.#progress.set(dataset, `ingesting ${printInterval(interval)}`);
    try {
      const { env } = this.#resolved;
      const result = await ingestOrAttach({ env, dataset, interval, queue: 'backfill-extract' });
      state.required = requiredBy([result], state.required);
      state.ingests += 1;
      state.done += intervals;
      this.#progress.add(dataset, 'ingested', result);
      this.#progress.step(intervals);
    } catch (error) {
      if (isCancellation(error)) throw error;
      const failure = { ...planned, message: `${printInterval(interval)}: ${rootFailure(error).message}` };
      state.failed.push(failure);
      this.#progress.fail([failure]);
    }
  }
}
