import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure } from '@temporalio/workflow';

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
