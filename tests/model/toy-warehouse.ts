import type { Cut } from '../../core/cuts.ts';
import type { Version } from '../../core/ledger.ts';
import { must } from './invariants.ts';
import type { SharedLake } from './shared-lake.ts';
import { PART } from './toy-project.ts';
import type { Row } from './toy-rows.ts';

type Versions = Readonly<Record<string, Version>>;
/** `dataset/partition` -> its rows. */
type Difference = ReadonlyMap<string, readonly Row[]>;

/** A warehouse with a ledger row that names the published cut; a load moves both in one transaction. */
export class Warehouse {
  cut: number | undefined;
  readonly #rows = new Map<string, readonly Row[]>();

  /** Partitions whose content is another in the two cuts. */
  difference(lake: SharedLake, from: Versions, to: Versions): Difference {
    const difference = new Map<string, readonly Row[]>();
    for (const { name } of PART.derived) {
      const old = lake.at(name, from[name] ?? -1).ledger.partitions;
      const fresh = lake.at(name, to[name]!).ledger.partitions;
      for (const partition of new Set([...old.keys(), ...fresh.keys()])) {
        if (old.get(partition)?.contentVersion === fresh.get(partition)?.contentVersion) continue;
        difference.set(`${name}/${partition}`, lake.rows(name, to[name]!, partition));
      }
    }
    return difference;
  }

  /** @returns false when the ledger row is no longer what the difference was made from */
  load(from: number | undefined, to: number, difference: Difference): boolean {
    if (this.cut !== from) return false;
    for (const [name, rows] of difference) this.#rows.set(name, rows);
    this.cut = to;
    return true;
  }

  /** What is published is one cut, wholly. */
  check(lake: SharedLake, cuts: readonly Cut[]): void {
    if (this.cut === undefined) return;
    const { versions } = cuts.find((c) => c.number === this.cut)!;
    for (const dataset of PART.derived) {
      const state = lake.at(dataset.name, versions[dataset.name]!);
      const columns = dataset.columns.map((c) => c.name);
      const text = (rows: readonly Row[]) =>
        rows
          .map((r) => columns.map((c) => String(r[c])).join(','))
          .sort()
          .join(';');
      const partitions = new Set([...state.ledger.partitions.keys()]);
      for (const key of this.#rows.keys())
        if (key.startsWith(`${dataset.name}/`)) partitions.add(key.slice(dataset.name.length + 1));
      for (const partition of partitions) {
        const [held, due] = [this.#rows.get(`${dataset.name}/${partition}`) ?? [], lake.files.rowsOf(state, partition)];
        must(text(held) === text(due), 'what is published is one cut', dataset.name, partition, held, due);
      }
    }
  }
}
