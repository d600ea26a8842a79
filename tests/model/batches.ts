import type { Reprocess } from '../../core/staleness.ts';
import type { Builds } from './builds.ts';
import type { Count } from './count.ts';
import { must } from './invariants.ts';
import type { Planning } from './planning.ts';
import type { Prng } from './prng.ts';
import type { Actor, Scheduler } from './scheduler.ts';
import { CODED, hashOf, PART } from './toy-project.ts';

/** Plans and builds, round after round, from the versions that a batch froze. */
export class Batches {
  readonly #scheduler: Scheduler;
  readonly #planning: Planning;
  readonly #builds: Builds;
  readonly #prng: Prng;
  readonly #count: Count;
  /** The code of now: it may change while a batch goes on. */
  readonly #code: () => number;

  constructor(scheduler: Scheduler, planning: Planning, builds: Builds, prng: Prng, count: Count, code: () => number) {
    this.#scheduler = scheduler;
    this.#planning = planning;
    this.#builds = builds;
    this.#prng = prng;
    this.#count = count;
    this.#code = code;
  }

  /** @returns false when the batch was given up: it is outdated, or of other code */
  async work(actor: Actor, reprocess: Reprocess): Promise<boolean> {
    const hashes = Object.fromEntries(
      PART.derived.map((d) => [d.name, hashOf(d.name, CODED.includes(d) ? this.#code() : 0)]),
    );
    const days = this.#scheduler.chaos ? 1 + this.#prng.int(3) : 31;
    const batch = await this.#planning.freeze(actor, hashes, { reprocess, days });
    if (batch.left > 0) this.#count('batch leaves days');
    for (let round = 0; ; round += 1) {
      must(round < 200, 'a batch comes to an end');
      const { ready, checked, outdated } = await this.#planning.plan(actor, batch);
      for (const { dataset, checked: partitions } of checked) await this.#planning.confirm(actor, dataset, partitions);
      const otherCode = CODED.some((d) => batch.hashes[d.name] !== hashOf(d.name, this.#code()));
      // Workers of old and new code stand side by side for a while; then only the new ones are left.
      if (outdated || (otherCode && (!this.#scheduler.chaos || this.#prng.chance(0.2)))) {
        this.#count(outdated ? 'batch outdated' : 'batch of other code');
        return false;
      }
      if (ready.length === 0) return true;
      await this.#builds.buildAll(actor, ready);
    }
  }
}
