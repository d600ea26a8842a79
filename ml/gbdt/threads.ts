import { Worker } from 'node:worker_threads';
import { StrataError } from '../../core/errors.ts';
import type { Boosted, Iteration } from './booster.ts';
import { ABORT } from './crew.ts';
import type { TrainingMemory } from './memory.ts';
import type { ThreadMessage, ThreadTask } from './training-thread.ts';

/** Starting a thread takes about as long as training a small model, and a search trains many: they are kept for the next. */
const idle: Worker[] = [];
const IDLE_MILLIS = 60_000;

/** Trains in threads of its own, so that the caller's event loop stays free for heartbeats. */
export async function boostInThreads(memory: TrainingMemory, onIteration: (at: Iteration) => void): Promise<Boosted> {
  const workers = Array.from({ length: memory.threads }, takeWorker);
  try {
    const done = await Promise.all(workers.map((worker, thread) => perform(worker, { memory, thread }, onIteration)));
    for (const worker of workers) keep(worker);
    return done[0]!;
  } catch (error) {
    requestAbort(memory);
    await Promise.all(workers.map((worker) => worker.terminate()));
    throw error;
  }
}

/** The trees grown so far are given back, marked as aborted. */
export const requestAbort = (memory: TrainingMemory): void => {
  Atomics.store(memory.control, ABORT, 1);
};

function perform(worker: Worker, task: ThreadTask, onIteration: (at: Iteration) => void): Promise<Boosted | undefined> {
  return new Promise((resolve, reject) => {
    worker.removeAllListeners();
    worker.on('error', (cause) => reject(threadFailed(cause)));
    worker.on('exit', (code) => reject(threadFailed(new Error(`it ended with ${code}`))));
    worker.on('message', (message: ThreadMessage) => {
      if ('done' in message) resolve(message.done);
      else onIteration(message.iteration);
    });
    worker.postMessage(task);
  });
}

const threadFailed = (cause: unknown) =>
  new StrataError('internal', `A training thread failed: ${(cause as Error).message}`, { kind: 'transient', cause });

function takeWorker(): Worker {
  const worker = idle.pop() ?? startWorker();
  worker.ref();
  return worker;
}

/** Unreferenced: idle threads do not keep a process from ending. */
function keep(worker: Worker): void {
  worker.removeAllListeners();
  // One that dies while it waits must not be handed out.
  worker.once('exit', () => forget(worker));
  worker.on('error', () => {});
  worker.unref();
  idle.push(worker);
  setTimeout(() => {
    if (forget(worker)) void worker.terminate();
  }, IDLE_MILLIS).unref();
}

/** @returns whether it was idle */
function forget(worker: Worker): boolean {
  const place = idle.indexOf(worker);
  if (place >= 0) idle.splice(place, 1);
  return place >= 0;
}

function startWorker(): Worker {
  const file = import.meta.url.endsWith('.ts') ? 'training-thread.start.mjs' : 'training-thread.js';
  return new Worker(new URL(`./${file}`, import.meta.url));
}
