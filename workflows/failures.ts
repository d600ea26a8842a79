import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure, isCancellation } from '@temporalio/workflow';
import type { Reason } from './messages.ts';
import type { Progress } from './progress.ts';

/** What failed below the layers that Temporal wraps around it. */
export function rootFailure(error: unknown): { type: string; message: string; details: unknown[] } {
  let root: unknown = error;
  while ((root instanceof ActivityFailure || root instanceof ChildWorkflowFailure) && root.cause) root = root.cause;
  if (root instanceof ApplicationFailure) {
    return { type: root.type ?? 'internal', message: root.message, details: root.details ?? [] };
  }
  return { type: 'internal', message: root instanceof Error ? root.message : String(root), details: [] };
}

/** Ends a workflow with the message of what failed, not with `Activity task failed`. */
export function asWorkflowFailure(error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  const { type, message, details } = rootFailure(error);
  return ApplicationFailure.create({
    type,
    message,
    details,
    nonRetryable: true,
    ...(error instanceof Error && { cause: error }),
  });
}

/** What a workflow throws that did not come through; its state says before how it ends. */
export function endedBy(error: unknown, progress: Progress): unknown {
  const cancelled = isCancellation(error);
  progress.enter(cancelled ? 'cancelled' : 'failed');
  return cancelled ? error : asWorkflowFailure(error);
}

/** A failure's details are kept by the server for as long as the run. */
const MOST_DETAILS = 50;

export function failed(what: string, reasons: readonly Reason[]): ApplicationFailure {
  const shown = reasons.slice(0, 10).map(({ dataset, message }) => `${dataset}: ${message}`);
  const more = reasons.length > shown.length ? [`and ${reasons.length - shown.length} more`] : [];
  return ApplicationFailure.create({
    type: 'run_failed',
    message: [`${what}:`, ...shown, ...more].join('\n'),
    // For programs: `strata status` marks these datasets.
    details: [reasons.slice(0, MOST_DETAILS)],
    nonRetryable: true,
  });
}
