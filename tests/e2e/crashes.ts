import { EventEmitter, once } from 'node:events';

const errors = new Map<string, Error>();
const events = new EventEmitter().setMaxListeners(0);

/** A worker process of this Temporal namespace has ended although nobody told it to. */
export function crashed(namespace: string, error: Error): void {
  console.error(error.message);
  errors.set(namespace, error);
  events.emit(namespace);
}

/** Rejects once a worker process of the namespace has crashed: who waits for its work would wait for ever. */
export async function untilCrash(namespace: string, over: AbortSignal): Promise<never> {
  if (!errors.has(namespace)) await once(events, namespace, { signal: over });
  throw errors.get(namespace)!;
}
