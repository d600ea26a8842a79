import { openPartitions, type Starts } from './coverage.ts';
import type { DerivedDataset } from './dataset.ts';
import type { Version } from './ledger.ts';
import { belongs } from './partitions.ts';
import { type Ledgers, ledgerOf } from './staleness.ts';

/** What readers see of a table at a cut: partition -> version of its content. */
export type Visible = ReadonlyMap<string, Version>;

export interface VisibleOptions {
  readonly starts: Starts;
  /** Partitions that are open are shown too. */
  readonly openToo: boolean;
}

/** Of a table whose ledgers are those of one cut: its partitions without those that are held back while they are open. */
export function visibleIn(dataset: DerivedDataset, ledgers: Ledgers, { starts, openToo }: VisibleOptions): Visible {
  const held = new Set(openToo ? [] : openPartitions(dataset, ledgers, starts));
  const shown = [...ledgerOf(ledgers, dataset.name).partitions].filter(
    ([partition]) => belongs(dataset.partitionBy, partition) && !held.has(partition),
  );
  return new Map(shown.map(([partition, { contentVersion }]) => [partition, contentVersion]));
}

/**
 * What turns one cut's table into another's, whichever of the two is the earlier. A partition that was held back while it was
 * open is due when it closes, although its rows are the same.
 */
export function tableDifference(before: Visible, after: Visible): { replace: string[]; drop: string[] } {
  return {
    replace: [...after.keys()].filter((partition) => before.get(partition) !== after.get(partition)),
    drop: [...before.keys()].filter((partition) => !after.has(partition)),
  };
}
