import { Worker } from 'node:worker_threads';
import { StrataError } from '../../core/errors.ts';
import type { Boosted, Iteration } from './booster.ts';
import { ABORT } from './crew.ts';
import type { TrainingMemory } from './memory.ts';
import type { ThreadData, ThreadMessage } from './training-thread.ts';

/** Trains in threads of its own, so that the caller's event loop stays free for heartbeats. */
export async function boostInThreads(memory: TrainingMemory, onIteration: (at: Iteration) => void): Promise<Boosted> {
  const workers: Worker[] = [];
  try {
    return await new Promise<Boosted>((resolve, reject) => {
      for (let thread = 0; thread < memory.threads; thread++) {
        const worker = startThread({ memory, thread });
        workers.push(worker);
        worker.on('error', (cause) => reject(threadFailed(cause)));
        worker.on('message', (message: ThreadMessage) => {
          if ('boosted' in message) resolve(message.boosted);
          else onIteration(message.iteration);
        });
        worker.on('exit', (code) => code !== 0 && reject(threadFailed(new Error(`a thread ended with ${code}`))));
      }
    });
  } finally {
    requestAbort(memory);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** The trees grown so far are given back, marked as aborted. */
export const requestAbort = (memory: TrainingMemory): void => {
  Atomics.store(memory.control, ABORT, 1);
};

const threadFailed = (cause: unknown) =>
  new StrataError('internal', `A training thread failed: ${(cause as Error).message}`, { kind: 'transient', cause });

function startThread(workerData: ThreadData): Worker {
  const file = import.meta.url.endsWith('.ts') ? 'training-thread.start.mjs' : 'training-thread.js';
  return new Worker(new URL(`./${file}`, import.meta.url), { workerData });
}
