import { tableDifference, visibleIn } from '../../core/cut-difference.ts';
import type { Cut } from '../../core/cuts.ts';
import type { Version } from '../../core/ledger.ts';
import { must } from './invariants.ts';
import type { SharedLake } from './shared-lake.ts';
import { PART } from './toy-project.ts';
import type { Row } from './toy-rows.ts';

/** Every partition is published, so that the warehouse can be held to the cut as a whole. */
const OPEN_TOO = { starts: new Map(), openToo: true };

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
    for (const dataset of PART.derived) {
      const { name } = dataset;
      const seen = (version: Version) => visibleIn(dataset, new Map([[name, lake.at(name, version).ledger]]), OPEN_TOO);
      const { replace, drop } = tableDifference(seen(from[name] ?? -1), seen(to[name]!));
      for (const partition of replace) difference.set(`${name}/${partition}`, lake.rows(name, to[name]!, partition));
      for (const partition of drop) difference.set(`${name}/${partition}`, []);
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
