import type { ModelEvent } from './registry.ts';

/**
 * Who a rollback brings back: the champion before the present one. A move to that one is a rollback itself, and forgets the
 * champion it replaced: so several rollbacks go back step by step. @returns null when there is none
 */
export function earlierChampion(events: readonly ModelEvent[]): number | null {
  const earlier: number[] = [];
  for (const event of events) {
    if (event.kind !== 'moved' || event.alias !== 'champion') continue;
    if (event.to !== null && earlier.at(-1) === event.to) earlier.pop();
    else if (event.from !== null) earlier.push(event.from);
  }
  return earlier.at(-1) ?? null;
}
