import { type Batch, type BatchOptions, nextBatch } from '../../core/batch.ts';
import { lakeColumns } from '../../core/lake-columns.ts';
import type { Checked, Claim, LedgerEntry } from '../../core/ledger.ts';
import { type Plan, plan } from '../../core/plan.ts';
import { ledgerOf } from '../../core/staleness.ts';
import type { Activities } from './activities.ts';
import { COUNTS, scan } from './build-attempt.ts';
import type { Count } from './count.ts';
import { checkReasons } from './invariants.ts';
import { loadLedgers } from './load-ledgers.ts';
import type { Prng } from './prng.ts';
import type { Process } from './processes.ts';
import type { Actor } from './scheduler.ts';
import type { SharedLake } from './shared-lake.ts';
import { PART } from './toy-project.ts';

/** The activities that say what a batch builds: from which versions, what is due now, what is not after all. */
export class Planning {
  readonly #lake: SharedLake;
  readonly #activities: Activities;
  readonly #prng: Prng;
  readonly #count: Count;

  constructor(lake: SharedLake, activities: Activities, prng: Prng, count: Count) {
    this.#lake = lake;
    this.#activities = activities;
    this.#prng = prng;
    this.#count = count;
  }

  freeze(actor: Actor, hashes: Readonly<Record<string, string>>, options: BatchOptions): Promise<Batch> {
    return this.#activities.run(actor, 'freeze', async (process) =>
      nextBatch(PART, await loadLedgers(this.#lake, this.#prng, process), hashes, options),
    );
  }

  plan(actor: Actor, batch: Batch): Promise<Plan> {
    return this.#activities.run(actor, 'plan', async (process) => {
      const ledgers = await loadLedgers(this.#lake, this.#prng, process, batch.frozen);
      const found = await plan(PART, batch, ledgers, async (q) =>
        scan(this.#lake, PART.derived.find((d) => d.name === q.dataset)!, q),
      );
      for (const task of found.ready) checkReasons(this.#lake, task, ledgerOf(ledgers, task.dataset));
      return found;
    });
  }

  /** Commits that these partitions hold none of the changed keys. */
  confirm(actor: Actor, dataset: string, checked: readonly Checked[]): Promise<void> {
    return this.#activities.run(actor, 'confirm', (process) => this.#attemptConfirm(process, dataset, checked));
  }

  async #attemptConfirm({ open, actor }: Process, name: string, checked: readonly Checked[]): Promise<void> {
    this.#count('confirm');
    await actor!.linger('has scanned');
    const dataset = PART.derived.find((d) => d.name === name)!;
    const claim: Claim = { dataset: name, scopes: {}, inputs: {}, contentHash: '', run: 'plan' };
    const entry: LedgerEntry = { format: 1, kind: 'maintenance', claim, partitions: {}, checked, counts: COUNTS };
    await open(name).commit({
      claim,
      partitions: [],
      columns: lakeColumns(dataset),
      prepare: async () => ({ adds: [], removes: [], entry }),
    });
  }
}
