import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { MINUTES } from '../patience.ts';
import { unfinished } from './unfinished.ts';

/**
 * The result, asked again while Temporal itself does not answer.
 * @throws WorkflowFailedError; when the time is over, with what everything waits for
 */
export async function resultOf(handle: WorkflowHandle, millis = 5 * MINUTES): Promise<unknown> {
  const over = new AbortController();
  const late = sleep(millis, undefined, { signal: over.signal }).then(async () => {
    throw new Error(`${handle.workflowId} did not end. What waits:\n${await unfinished(handle.client)}`);
  });
  try {
    return await Promise.race([late, answered(handle, over.signal)]);
  } finally {
    late.catch(() => undefined);
    over.abort();
  }
}

async function answered(handle: WorkflowHandle, over: AbortSignal): Promise<unknown> {
  for (;;) {
    try {
      return await handle.result();
    } catch (error) {
      if (error instanceof WorkflowFailedError || over.aborted) throw error;
      await sleep(200);
    }
  }
}
