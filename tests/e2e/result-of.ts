import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { MINUTES } from '../patience.ts';
import { untilCrash } from './crashes.ts';
import { unfinished } from './unfinished.ts';

/**
 * The result, asked again while Temporal itself does not answer.
 * @throws WorkflowFailedError; when a worker crashes; when the time is over, with what everything waits for
 */
export async function resultOf(handle: WorkflowHandle, millis = 5 * MINUTES): Promise<unknown> {
  const over = new AbortController();
  const late = sleep(millis, undefined, { signal: over.signal }).then(async () => {
    throw new Error(`${handle.workflowId} did not end. What waits:\n${await unfinished(handle.client)}`);
  });
  const crash = untilCrash(handle.client.options.namespace, over.signal);
  try {
    return await Promise.race([late, crash, answered(handle, over.signal)]);
  } finally {
    for (const other of [late, crash]) other.catch(() => undefined);
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
