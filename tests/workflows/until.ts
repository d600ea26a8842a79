import { setTimeout as sleep } from 'node:timers/promises';

/** Looks until there is something to see; errors count as nothing yet. @throws after a minute */
export async function until<T>(look: () => Promise<T | undefined>): Promise<NonNullable<T>> {
  const end = Date.now() + 60_000;
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
  throw new Error('Waited a minute in vain', { cause: last });
}
