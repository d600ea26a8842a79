import type { Cut } from '../../core/cuts.ts';
import type { Activities } from './activities.ts';
import type { Count } from './count.ts';
import type { Actor } from './scheduler.ts';
import type { SharedLake } from './shared-lake.ts';
import { Warehouse } from './toy-warehouse.ts';

/** Brings the warehouse from the cut that it holds to another. */
export class Publisher {
  readonly warehouse = new Warehouse();
  readonly #lake: SharedLake;
  readonly #cuts: readonly Cut[];
  readonly #activities: Activities;
  readonly #count: Count;

  constructor(lake: SharedLake, cuts: readonly Cut[], activities: Activities, count: Count) {
    this.#lake = lake;
    this.#cuts = cuts;
    this.#activities = activities;
    this.#count = count;
  }

  /** Loads the difference to a cut, unless the warehouse has a newer one or moved meanwhile. */
  async publish(actor: Actor, number: number, backwards: boolean): Promise<void> {
    await this.#activities.run(actor, 'publish', async () => {
      const from = this.warehouse.cut;
      if (!backwards && from !== undefined && from >= number) return this.#count('published already');
      const [old, fresh] = [from, number].map((n) => this.#cuts.find((c) => c.number === n));
      const difference = this.warehouse.difference(this.#lake, old?.versions ?? {}, fresh!.versions);
      await actor.step('loads the difference');
      this.#count(
        this.warehouse.load(from, number, difference)
          ? backwards
            ? 'published an earlier cut'
            : 'published'
          : 'publication lost',
      );
      this.warehouse.check(this.#lake, this.#cuts);
    });
  }
}
