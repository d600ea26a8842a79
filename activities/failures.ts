import type { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure, TemporalFailure } from '@temporalio/common';
import type { ActivityInterceptors } from '@temporalio/worker';
import { StrataError } from '../core/errors.ts';
import { isOutOfMemory } from '../engine/duckdb-fault.ts';
import { fileError } from '../lake/file-errors.ts';

/** Larger results would slow every replay of the workflow, and far larger ones are refused again and again. */
const LARGEST_RESULT_BYTES = 64 * 1024;
/** An error that nobody foresaw may be a passing one; after this many attempts it is not. */
const MOST_ATTEMPTS_UNFORESEEN = 3;
const MOST_ATTEMPTS_OUT_OF_MEMORY = 2;
/** Signs of life per heartbeat timeout. */
const BEATS = 4;

/**
 * Where our errors become Temporal's, once for all activities; where results are measured; and where every activity with
 * a heartbeat timeout shows that its worker is alive.
 */
export function activityBoundary(context: Context): ActivityInterceptors {
  return {
    inbound: {
      execute: async (input, next) => {
        const { heartbeatTimeoutMs } = context.info;
        const beat = heartbeatTimeoutMs
          ? setInterval(() => context.heartbeat(), heartbeatTimeoutMs / BEATS)
          : undefined;
        try {
          const result = await next(input);
          refuseLarge(result);
          return result;
        } catch (error) {
          throw translated(error, context);
        } finally {
          clearInterval(beat);
        }
      },
    },
  };
}

function translated(error: unknown, context: Context): unknown {
  if (context.cancellationSignal.aborted) {
    // Its worker goes down: another one takes the work up. Everything else that cancels is meant.
    return context.cancellationDetails?.workerShutdown
      ? ApplicationFailure.retryable('The worker was stopped; another one takes over', 'worker_stopped')
      : new CancelledFailure('cancelled');
  }
  if (error instanceof TemporalFailure) return error;
  if (error instanceof StrataError) return toFailure(isOutOfMemory(error) ? exhausted(error, context) : error);
  if (isNoRoom(error)) return toFailure(fileError(error, 'write', error.path ?? 'a file of this worker'));
  const unforeseen = error instanceof Error ? error : new Error(String(error));
  return ApplicationFailure.create({
    type: 'internal',
    message: unforeseen.message,
    nonRetryable: context.info.attempt >= MOST_ATTEMPTS_UNFORESEEN,
    cause: unforeseen,
  });
}

/** Once it may have been another build's doing; then the limit is too low, and trying on only hides that. */
function exhausted(error: StrataError, { info }: Context): StrataError {
  if (info.attempt < MOST_ATTEMPTS_OUT_OF_MEMORY) return error;
  const { code, message, where, hint } = error;
  return new StrataError(code, message, { kind: 'terminal', ...(where && { where }), ...(hint && { hint }) });
}

/** Wherever it comes from, it passes when somebody makes room: worth the retries of a known error. */
const isNoRoom = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error && ['ENOSPC', 'EDQUOT', 'EMFILE'].includes(String(error.code));

/** The cause stays behind: drivers put addresses, statements and rows into theirs. */
export function toFailure(error: StrataError): ApplicationFailure {
  const failure = ApplicationFailure.create({
    type: error.code,
    message: error.describe(),
    nonRetryable: error.kind === 'terminal',
    details: [{ where: error.where ?? null, hint: error.hint ?? null }],
  });
  failure.stack = error.stack ?? '';
  return failure;
}

function refuseLarge(result: unknown): void {
  const bytes = result === undefined ? 0 : Buffer.byteLength(JSON.stringify(result));
  if (bytes <= LARGEST_RESULT_BYTES) return;
  throw new StrataError(
    'internal',
    `An activity's result has ${bytes} bytes; at most ${LARGEST_RESULT_BYTES} may cross into Temporal`,
  );
}
