import type { DerivedDataset, PartitionBy } from './dataset.ts';

import { intervalOf } from './interval.ts';
import type { KeyChanges, LedgerState, Version } from './ledger.ts';
import type { Mapping } from './mapping.ts';
import { belongs, firstIndex } from './partitions.ts';

/** A partition that may hold keys which an `asOf` input changed after the partition was built from it. */
export interface AsOfCandidate {
  readonly partition: string;
  /** Input dataset. */
  readonly input: string;
  /** Changes newer than this version of the input matter. */
  readonly since: Version;
}

/** Asked of who can read rows: which of these partitions hold, in their key columns, a change newer than `since`? */
export interface HoldsKeys {
  readonly dataset: string;
  /** Of the dataset: scan its files at this version. */
  readonly version: Version;
  readonly input: string;
  readonly mapping: Mapping & { readonly kind: 'asOf' };
  readonly partitions: readonly { readonly name: string; readonly since: Version }[];
  readonly changes: readonly (KeyChanges & { readonly version: Version })[];
}

/**
 * Partitions of the dataset that an `asOf` input's key changes may touch, by the summaries in the input's ledger. A
 * dataset that is not cut, or cut by another column than `at`, is touched by any change. Inexact on purpose: a scan of
 * key columns narrows it.
 * @param at the mapping's output column that decides which version is valid
 */
export function asOfCandidates(
  dataset: DerivedDataset,
  own: LedgerState,
  input: string,
  at: string,
  changes: LedgerState['keyChanges'],
): AsOfCandidate[] {
  if (changes.length === 0) return [];
  const names = [...own.partitions.keys()].filter((name) => belongs(dataset.partitionBy, name)).sort();
  const newest = newestTouching(dataset.partitionBy, at, names, changes);
  const candidates: AsOfCandidate[] = [];
  for (const [partition, version] of newest) {
    const since = own.partitions.get(partition)!.inputs[input] ?? -1;
    if (version > since) candidates.push({ partition, input, since });
  }
  return candidates;
}

/**
 * Per partition the newest change that overlaps it. Changes are laid down newest first and a partition once covered is
 * skipped from then on, so that open-ended changes do not cost partitions times changes.
 */
function newestTouching(
  partitionBy: PartitionBy,
  at: string,
  names: readonly string[],
  changes: LedgerState['keyChanges'],
): Map<string, Version> {
  if (partitionBy.kind !== 'time' || partitionBy.column !== at) {
    const last = changes.reduce((max, c) => Math.max(max, c.version), -1);
    return new Map(names.map((name) => [name, last]));
  }
  const intervals = names.map((name) => intervalOf(name, partitionBy.grain));
  const touched = new Map<string, Version>();
  const nextFree = Int32Array.from({ length: names.length + 1 }, (_, i) => i);
  const free = (i: number): number => {
    let at = i;
    while (nextFree[at] !== at) at = nextFree[at] = nextFree[nextFree[at]!]!;
    return at;
  };
  for (const { version, from, to } of [...changes].sort((a, b) => b.version - a.version)) {
    const low = firstIndex(intervals, (i) => i.end > from);
    const high = to === null ? names.length : firstIndex(intervals, (i) => i.start >= to);
    for (let i = free(low); i < high; i = free(i + 1)) {
      touched.set(names[i]!, version);
      nextFree[i] = i + 1;
    }
  }
  return touched;
}
