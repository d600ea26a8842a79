import type { Batches } from './batches.ts';
import type { Count } from './count.ts';
import type { CutMaker } from './cut-maker.ts';
import type { Actor, Scheduler } from './scheduler.ts';
import type { WaitingRuns } from './waiting-runs.ts';

/** Batch after batch, each ending in a cut, until no run waits any more. */
export class Convergence {
  readonly #scheduler: Scheduler;
  readonly #batches: Batches;
  readonly #cutMaker: CutMaker;
  readonly #waiting: WaitingRuns;
  readonly #count: Count;
  #running = 0;

  constructor(scheduler: Scheduler, batches: Batches, cutMaker: CutMaker, waiting: WaitingRuns, count: Count) {
    this.#scheduler = scheduler;
    this.#batches = batches;
    this.#cutMaker = cutMaker;
    this.#waiting = waiting;
    this.#count = count;
  }

  get isRunning(): boolean {
    return this.#running > 0;
  }

  /** Usually one at a time; two must not hurt. */
  start(name: string): Actor {
    this.#running += 1;
    if (this.#running > 1) this.#count('two converges');
    return this.#scheduler.spawn(name, async (self) => {
      try {
        do await this.#step(self);
        while (this.#waiting.length > 0);
      } finally {
        this.#running -= 1;
      }
    });
  }

  async #step(actor: Actor): Promise<void> {
    if (await this.#batches.work(actor, this.#waiting.reprocess)) await this.#cutMaker.cut(actor);
  }
}
