import { type Client, WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Reason } from '../workflows/messages.ts';
import { failureOf } from './watch-workflow.ts';

export interface RunFailure {
  /** Undefined: the run as a whole. */
  readonly dataset: string | undefined;
  readonly message: string;
}

/** Why a run that is over failed: by dataset where it says so. Empty for one that did not fail. */
export async function failuresOf(
  client: Client,
  { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
): Promise<RunFailure[]> {
  try {
    await client.workflow.getHandle(workflowId, runId, { followRuns: false }).result();
    return [];
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    const reasons =
      cause instanceof ApplicationFailure ? (cause.details?.[0] as readonly Reason[] | undefined) : undefined;
    if (Array.isArray(reasons)) return reasons.map(({ dataset, message }) => ({ dataset, message }));
    return [{ dataset: undefined, message: failureOf(cause).message }];
  }
}
