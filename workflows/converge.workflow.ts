import {
  condition,
  continueAsNew,
  isCancellation,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { ConvergeInput, ConvergeRequest } from '../activities/converge.types.ts';
import { type BatchOutcome, runBatch } from './converge-batch.ts';
import { rootFailure } from './failures.ts';
import { askSignal, withdrawSignal } from './messages.ts';
import { Progress } from './progress.ts';
import { answer } from './release.ts';
import { searchAttributesOf } from './search-attributes.ts';

/**
 * Brings a pipeline's derived datasets up to date with bronze, batch by batch, as long as somebody waits for a cut. One at
 * a time per pipeline: the workflow's id sees to it. It never fails because of a build; who waits is told.
 */
export async function converge(input: ConvergeInput): Promise<string> {
  const { env, pipeline } = input;
  const waiting = new Map((input.waiting ?? []).map((request) => [request.id, request]));
  setHandler(askSignal, (request) => {
    // Asked again: what was done of it is done.
    if (!waiting.has(request.id)) waiting.set(request.id, request);
  });
  setHandler(withdrawSignal, (id) => {
    waiting.delete(id);
  });
  upsertSearchAttributes(searchAttributesOf({ env, pipeline }));
  const progress = new Progress(`converge ${pipeline}`);
  // Started by hand there is no request: one batch is done for its own sake.
  await condition(() => waiting.size > 0, '1 second');
  let batches = 0;
  do {
    await batchFor(waiting, input, progress);
    batches += 1;
    if (waiting.size > 0 && workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof converge>({ env, pipeline, waiting: [...waiting.values()] });
    }
    // Nothing may be awaited between this look and the end: a signal that arrives later makes the server refuse the end.
  } while (waiting.size > 0);
  progress.enter('done');
  return `${batches} batch(es)`;
}

/** One batch, and its answer to those who asked before it began. What comes in meanwhile waits for the next. */
async function batchFor(
  waiting: Map<string, ConvergeRequest>,
  { env, pipeline }: ConvergeInput,
  progress: Progress,
): Promise<void> {
  // One batch reprocesses one range; another request to reprocess waits its turn.
  const reprocessing = [...waiting.values()].find((r) => r.reprocess)?.id;
  const asked = [...waiting.values()].filter((r) => !r.reprocess || r.id === reprocessing);
  const outcome = await outcomeOf(() => runBatch(env, pipeline, asked, progress), pipeline);
  for (const request of outcome.kind === 'cancelled' ? [...waiting.values()] : asked) {
    if (await answer(request, outcome, progress)) waiting.delete(request.id);
    // Its range is rebuilt; left for it is bronze that did not fit into this batch.
    else if (waiting.has(request.id)) waiting.set(request.id, { ...request, reprocess: undefined });
  }
  if (outcome.kind === 'cancelled') throw outcome.error;
}

async function outcomeOf(batch: () => Promise<BatchOutcome>, pipeline: string): Promise<BatchOutcome> {
  try {
    return await batch();
  } catch (error) {
    if (isCancellation(error)) return { kind: 'cancelled', error };
    return { kind: 'failed', reasons: [{ dataset: pipeline, message: rootFailure(error).message }] };
  }
}
