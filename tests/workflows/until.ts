import { setTimeout as sleep } from 'node:timers/promises';
import { MINUTES } from '../patience.ts';

/** Looks until there is something to see; errors count as nothing yet. @throws after `millis`, a minute of patience unless told otherwise */
export async function until<T>(look: () => Promise<T | undefined>, millis = MINUTES): Promise<NonNullable<T>> {
  const end = Date.now() + millis;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const seen = await look();
      if (seen) return seen;
    } catch (error) {
      last = error;
    }
    await sleep(50);
  }
  throw new Error(`Waited ${millis / 1000} s in vain`, { cause: last });
}
