import type { DerivedDataset, SourceDataset } from './dataset.ts';
import type { LedgerState } from './ledger.ts';
import { inRange, leftovers } from './partitions.ts';
import type { StaleOptions } from './staleness.ts';

/** The source that a merge takes its rows from. */
export const mergeSource = (dataset: DerivedDataset): SourceDataset =>
  Object.values(dataset.inputs)[0]!.dataset as SourceDataset;

/** Source partitions that hold content newer than what was merged; newest first. */
export function pendingInputs(own: LedgerState, source: LedgerState): string[] {
  const pending: string[] = [];
  for (const [partition, { contentVersion }] of source.partitions) {
    if ((own.marks.get(partition)?.version ?? -1) < contentVersion) pending.push(partition);
  }
  return pending.sort().reverse();
}

/**
 * Must the table be merged anew from all observations? Other code may judge differently which observations are valid and
 * which one wins, also among those that lost or were put into quarantine: making present rows again would not bring them
 * back. Asked by `reprocess: 'stale'`. A table that was cut otherwise is merged anew unasked: a key may lie in two places.
 * @param hash content hash of the dataset's definition
 */
export function mustRemerge(dataset: DerivedDataset, own: LedgerState, hash: string, options: StaleOptions): boolean {
  if (leftovers(dataset.partitionBy, own).length > 0) return true;
  if (options.reprocess !== 'stale') return false;
  const by = mergeSource(dataset).partitionBy;
  for (const [partition, mark] of own.marks) {
    if (mark.contentHash !== hash && inRange(by, partition, options.range)) return true;
  }
  for (const [partition, state] of own.partitions) {
    if (state.contentHash !== hash && inRange(dataset.partitionBy, partition, options.range)) return true;
  }
  return false;
}
