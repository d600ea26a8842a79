import type { PartitionBy } from '../core/dataset.ts';
import { intervalOf, partitionAt } from '../core/interval.ts';

/** Partitions that follow each other as one: `2026-11-01..2026-11-05, 2026-11-09`; at most `most` pieces. */
export function partitionRanges(by: PartitionBy, partitions: readonly string[], most = 3): string {
  const pieces: [string, string][] = [];
  for (const name of partitions) {
    const last = pieces.at(-1);
    if (last && follows(by, last[1], name)) last[1] = name;
    else pieces.push([name, name]);
  }
  const shown = pieces.slice(0, most).map(([first, last]) => (first === last ? first : `${first}..${last}`));
  const hidden = pieces.length - shown.length;
  return shown.join(', ') + (hidden > 0 ? `, and ${hidden} more` : '');
}

const follows = (by: PartitionBy, before: string, after: string): boolean =>
  by.kind === 'time' && partitionAt(intervalOf(before, by.grain).end, by.grain) === after;
