import { parentPort } from 'node:worker_threads';
import { type Boosted, boost, type Iteration } from './booster.ts';
import { serve } from './crew.ts';
import type { TrainingMemory } from './memory.ts';

export interface ThreadTask {
  readonly memory: TrainingMemory;
  /** 0 leads. */
  readonly thread: number;
}

/** A thread that has said `done` waits for its next training. */
export type ThreadMessage = { readonly iteration: Iteration } | { readonly done: Boosted | undefined };

const say = (message: ThreadMessage) => parentPort?.postMessage(message);

parentPort?.on('message', async ({ memory, thread }: ThreadTask) => {
  if (thread === 0) say({ done: await boost(memory, (iteration) => say({ iteration })) });
  else {
    serve(memory, thread);
    say({ done: undefined });
  }
});
