/** One piece of work and its place in the list. */
export interface Taken<T> {
  readonly item: T;
  readonly index: number;
}

/**
 * Runs `worker` as often as there is room for at once; each takes items until none is left. After a failure or an abort
 * nothing more is handed out, and the first error is thrown once all workers have ended: nobody writes behind our back.
 */
export async function drain<T>(
  items: readonly T[],
  parallel: number,
  signal: AbortSignal,
  worker: (take: () => Taken<T> | undefined) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failed = false;
  const take = (): Taken<T> | undefined => {
    signal.throwIfAborted();
    const index = next;
    if (failed || index >= items.length) return undefined;
    next += 1;
    return { item: items[index]!, index };
  };
  const workers = Array.from({ length: Math.min(parallel, items.length) }, async () => {
    try {
      await worker(take);
    } catch (error) {
      failed = true;
      throw error;
    }
  });
  const results = await Promise.allSettled(workers);
  const first = results.find((result) => result.status === 'rejected');
  if (first) throw first.reason;
}
