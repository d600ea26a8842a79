import { type Cut, contains, type Wanted } from '../../core/cuts.ts';
import type { Version } from '../../core/ledger.ts';
import { mergeSource } from '../../core/pending.ts';
import type { Ledgers, Reprocess } from '../../core/staleness.ts';
import { must } from './invariants.ts';
import type { SharedLake } from './shared-lake.ts';
import { type Look, same } from './toy-observe.ts';
import { PART } from './toy-project.ts';

/** A run that has ingested. */
export interface WaitingRun {
  readonly wanted: Wanted;
  readonly looks: readonly Look[];
  readonly reprocess: Reprocess;
  /** The cut that released it. */
  cut: number | undefined;
}

/** The runs that wait for a cut that holds what they ingested. */
export class WaitingRuns {
  readonly #lake: SharedLake;
  #runs: WaitingRun[] = [];

  constructor(lake: SharedLake) {
    this.#lake = lake;
  }

  get length(): number {
    return this.#runs.length;
  }

  /** What a batch for all of them rebuilds beyond what is data-stale. */
  get reprocess(): Reprocess {
    return this.#runs.some((r) => r.reprocess === 'stale') ? 'stale' : 'none';
  }

  add(run: WaitingRun): void {
    this.#runs.push(run);
  }

  /** Tells the runs that this cut holds. @param ledgers with the derived tables of the cut */
  release(ledgers: Ledgers, { number, versions }: Cut): void {
    const released = this.#runs.filter((r) => contains(PART, ledgers, r.wanted));
    this.#runs = this.#runs.filter((r) => !released.includes(r));
    for (const run of released) {
      run.cut = number;
      for (const look of run.looks) checkHeld(this.#lake, look, versions);
    }
  }
}

/** What a released run saw is in the cut's tables. */
function checkHeld(lake: SharedLake, { source, rows }: Look, versions: Readonly<Record<string, Version>>): void {
  for (const dataset of PART.derived.filter((d) => d.write.kind === 'merge' && mergeSource(d) === source)) {
    const { marks } = lake.at(dataset.name, versions[dataset.name]!).ledger;
    const merged = [...marks].flatMap(([partition, { version }]) => lake.observations(dataset, version, partition));
    for (const row of rows)
      must(
        merged.some((obs) => same(source, obs, row)),
        'a released run finds what it saw in the cut',
        source.name,
        row,
      );
  }
}
