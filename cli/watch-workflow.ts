import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure, TimeoutFailure } from '@temporalio/common';
import type { WorkflowProgress } from '../workflows/messages.ts';
import type { Output } from './output.ts';
import { type ProgressView, progressView } from './progress-view.ts';
import { retriesOf } from './retries.ts';
import { doesNotAnswer } from './temporal.ts';

export type WatchEnd<T> =
  | { readonly kind: 'completed'; readonly result: T }
  | { readonly kind: 'failed' | 'cancelled' | 'terminated'; readonly message: string }
  /** Ctrl-C: the workflow goes on. */
  | { readonly kind: 'detached' };

const LOOK_EVERY_MILLIS = 500;
/** The client itself gives up after a minute or so, though the workflow goes on once the server is back. */
const AWAY_MILLIS = 10 * 60_000;
/** Several questions to Temporal each time, and nothing that must be known at once. */
const RETRIES_EVERY_MILLIS = 3000;

/** Shows a workflow's progress until it ends or the person leaves. */
export async function watchWorkflow<T>(handle: WorkflowHandle, out: Output): Promise<WatchEnd<T>> {
  const view = progressView(out);
  const show: Show = (progress) => view.update(progress);
  const left = new AbortController();
  const leave = () => left.abort();
  process.on('SIGINT', leave);
  process.on('SIGTERM', leave);
  const ended = endOf<T>(handle, view, left.signal);
  const over = new AbortController();
  const looking = Promise.all([
    lookUntil(over.signal, LOOK_EVERY_MILLIS, () => lookOnce(handle, show)),
    lookUntil(over.signal, RETRIES_EVERY_MILLIS, () => showRetries(handle, view)),
  ]);
  try {
    const end = await Promise.race([ended, aborted(left.signal).then((): WatchEnd<T> => ({ kind: 'detached' }))]);
    if (end.kind !== 'detached') await lookOnce(handle, show);
    return end;
  } finally {
    over.abort();
    await looking;
    view.end();
    process.off('SIGINT', leave);
    process.off('SIGTERM', leave);
  }
}

type Show = (progress: WorkflowProgress) => void;

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

async function lookUntil(over: AbortSignal, every: number, look: () => Promise<void>): Promise<void> {
  while (!over.aborted) {
    await look();
    await sleep(every, undefined, { signal: over }).catch(() => undefined);
  }
}

async function showRetries(handle: WorkflowHandle, view: ProgressView): Promise<void> {
  try {
    view.retries(await retriesOf(handle));
  } catch {
    // Temporal does not answer just now: the next look tells.
  }
}

async function lookOnce(handle: WorkflowHandle, show: Show): Promise<void> {
  try {
    show(await handle.query<WorkflowProgress>('progress'));
  } catch {
    // No worker answers just now, or the workflow has not begun: the next look tells.
  }
}

async function endOf<T>(handle: WorkflowHandle, view: ProgressView, left: AbortSignal): Promise<WatchEnd<T>> {
  for (;;) {
    try {
      return { kind: 'completed', result: (await handle.result()) as T };
    } catch (error) {
      if (error instanceof WorkflowFailedError) return failureOf(error.cause);
      if (!doesNotAnswer(error)) throw error;
      view.say('Temporal does not answer: waiting for it; the run goes on once it is back');
      await untilAnswered(handle, left);
      view.say('Temporal answers again');
    }
  }
}

/** @throws what Temporal's client says when the server stays away */
async function untilAnswered(handle: WorkflowHandle, left: AbortSignal): Promise<void> {
  const patience = Date.now() + AWAY_MILLIS;
  for (;;) {
    try {
      await handle.describe();
      return;
    } catch (error) {
      if (!doesNotAnswer(error) || left.aborted || Date.now() > patience) throw error;
      await sleep(LOOK_EVERY_MILLIS);
    }
  }
}

/** What a failed workflow tells, without the wrappers that its way put around it. */
export function failureOf(cause: unknown): { kind: 'failed' | 'cancelled' | 'terminated'; message: string } {
  if (cause instanceof CancelledFailure) return { kind: 'cancelled', message: 'it was cancelled' };
  if (cause instanceof TerminatedFailure) return { kind: 'terminated', message: 'it was terminated' };
  let root = cause;
  while (root instanceof Error && root.cause !== undefined && !(root instanceof ApplicationFailure)) root = root.cause;
  if (root instanceof TimeoutFailure) return { kind: 'failed', message: `it took too long: ${root.message}` };
  return { kind: 'failed', message: root instanceof Error ? root.message : String(root) };
}
