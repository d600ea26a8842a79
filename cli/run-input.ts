import { instantFromMillis, millisOf } from '../core/instant.ts';
import { type Grain, type Interval, intervalOf, partitionAt } from '../core/interval.ts';

/** The interval as the workflow's JSON input says it: both ends inclusive, as people write. */
export function inclusive({ start, end }: Interval, grain: Grain): { from: string; to: string } {
  const last = partitionAt(instantFromMillis(millisOf(end) - 1), grain);
  return { from: short(start), to: short(intervalOf(last, grain).start) };
}

const short = (at: string): string =>
  at.endsWith('T00:00:00.000000Z') ? at.slice(0, 10) : at.replace('.000000Z', 'Z');
