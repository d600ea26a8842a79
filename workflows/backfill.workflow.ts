import { ApplicationFailure, condition, continueAsNew, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import type { PublishResult } from '../activities/converge.types.ts';
import type { ResolvedBackfill } from '../activities/run.types.ts';
import { control } from './activity-proxies.ts';
import { awaitCut } from './await-cut.ts';
import { type BackfillState, emptyState, ingestWindow } from './backfill-window.ts';
import { endedBy, failed } from './failures.ts';
import { pauseSignal, resumeSignal, retryFailedUpdate } from './messages.ts';
import { Progress } from './progress.ts';
import { publishCut, type RunSummary } from './run.workflow.ts';
import { searchAttributesOf } from './search-attributes.ts';

/** Carried over when the history grows long. */
export interface BackfillCarried {
  readonly resolved: ResolvedBackfill;
  readonly state: BackfillState;
}

export interface BackfillSummary extends RunSummary {
  readonly ingests: number;
  /** Intervals of sources that were covered already. */
  readonly skipped: number;
}

/**
 * A long range: many ingests in a sliding window, then convergence, one publication. What failed does not stop the rest;
 * it is named at the end, and tried again by the update `retryFailed` or a backfill with `reprocess: failed`.
 */
export async function backfill(input: unknown, carried?: BackfillCarried): Promise<BackfillSummary> {
  const progress = new Progress('backfill');
  const state: BackfillState = carried ? { ...carried.state, failed: [...carried.state.failed] } : emptyState();
  handleSignals(state, progress);
  try {
    progress.enter('resolving');
    const resolved = carried?.resolved ?? (await control.resolveBackfill({ input }));
    upsertSearchAttributes(searchAttributesOf(resolved));
    progress.enter('ingesting');
    const ended = await ingestWindow(resolved, state, progress);
    if (ended === 'history is long') return await continueAsNew<typeof backfill>(input, { resolved, state });
    const { cut, published } = await convergeAndPublish(resolved, state, progress);
    if (state.failed.length > 0)
      throw failed('The backfill is published without the ingests that failed', state.failed);
    progress.enter('done');
    const { pipeline, printed: interval } = resolved;
    const { ingests, skipped } = state;
    const { datasets, notes } = progress;
    const summary = { pipeline, interval, cut, published, datasets, ingests, skipped };
    return notes.length > 0 ? { ...summary, notes } : summary;
  } catch (error) {
    if (error instanceof Error && error.name === 'ContinueAsNew') throw error;
    throw endedBy(error, progress);
  }
}

function handleSignals(state: BackfillState, progress: Progress): void {
  const pause = (paused: boolean) => () => {
    state.paused = paused;
    progress.paused = paused;
  };
  setHandler(pauseSignal, pause(true));
  setHandler(resumeSignal, pause(false));
  setHandler(
    retryFailedUpdate,
    () => {
      const again = state.failed.splice(0);
      state.retry.push(...again);
      progress.forgetFailures();
      return again.length;
    },
    {
      // After the window nobody would take them up, and they would be forgotten.
      validator: () => {
        if (progress.state !== 'resolving' && progress.state !== 'ingesting')
          throw ApplicationFailure.nonRetryable('Its ingests are over', 'ingests_over');
      },
    },
  );
  progress.paused = state.paused;
}

async function convergeAndPublish(
  resolved: ResolvedBackfill,
  state: BackfillState,
  progress: Progress,
): Promise<{ cut: number; published: PublishResult | undefined }> {
  const { env, pipeline, interval, reprocess: mode } = resolved;
  const again = mode === 'stale' || mode === 'completed';
  await condition(() => !state.paused);
  progress.enter('converging');
  const outcome = await awaitCut({
    env,
    pipeline,
    required: state.required,
    reprocess: again ? { mode, range: interval } : undefined,
  });
  if (outcome.kind === 'failed') {
    progress.fail(outcome.reasons);
    throw failed('Not everything could be built', outcome.reasons);
  }
  for (const built of outcome.built) progress.add(built.dataset, built.state, built);
  progress.enter('publishing');
  const published = await publishCut(resolved, outcome.cut, progress);
  progress.step(2);
  return { cut: outcome.cut, published };
}
