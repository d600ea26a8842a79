import { CancellationScope, getExternalWorkflowHandle } from '@temporalio/workflow';
import type { ConvergeRequest } from '../activities/converge.types.ts';
import type { BatchOutcome } from './converge-batch.ts';
import { type ConvergeOutcome, convergedSignal } from './messages.ts';
import type { Progress } from './progress.ts';

/** Tells a request what became of it. @returns false when it must wait for another batch. */
export async function answer(request: ConvergeRequest, outcome: BatchOutcome, progress: Progress): Promise<boolean> {
  const said = verdict(request, outcome, progress);
  if (said === undefined) return false;
  try {
    await CancellationScope.nonCancellable(() =>
      getExternalWorkflowHandle(request.workflowId).signal(convergedSignal, said),
    );
  } catch {
    // The run has ended meanwhile (terminated, timed out): nobody is left to be told.
  }
  return true;
}

function verdict({ id }: ConvergeRequest, outcome: BatchOutcome, progress: Progress): ConvergeOutcome | undefined {
  switch (outcome.kind) {
    case 'cancelled':
      return { id, kind: 'failed', reasons: [{ dataset: 'converge', message: 'Convergence was cancelled' }] };
    case 'failed':
      return { id, kind: 'failed', reasons: outcome.reasons.slice(0, 20) };
    case 'built':
      if (outcome.cut === undefined || !outcome.released.includes(id)) return undefined;
      return { id, kind: 'cut', cut: outcome.cut, built: progress.datasets };
  }
}
