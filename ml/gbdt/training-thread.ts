import { parentPort, workerData } from 'node:worker_threads';
import { type Boosted, boost, type Iteration } from './booster.ts';
import { serve } from './crew.ts';
import type { TrainingMemory } from './memory.ts';

export interface ThreadData {
  readonly memory: TrainingMemory;
  /** 0 leads. */
  readonly thread: number;
}

export type ThreadMessage = { readonly iteration: Iteration } | { readonly boosted: Boosted };

const { memory, thread } = workerData as ThreadData;
const say = (message: ThreadMessage) => parentPort?.postMessage(message);

if (thread > 0) serve(memory, thread);
else say({ boosted: await boost(memory, (iteration) => say({ iteration })) });
