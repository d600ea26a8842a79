import { nextEpochs } from '../../core/claims.ts';
import type { DerivedDataset } from '../../core/dataset.ts';
import { StrataError } from '../../core/errors.ts';
import type { Claim } from '../../core/ledger.ts';
import { scopesOf, type Task } from '../../core/plan.ts';
import { quarantineTable } from '../../core/quarantine.ts';
import type { Activities } from './activities.ts';
import { attemptBuild } from './build-attempt.ts';
import type { ClaimWatch } from './claim-watch.ts';
import type { Count } from './count.ts';
import type { Actor, Scheduler } from './scheduler.ts';
import type { SharedLake } from './shared-lake.ts';
import { PART } from './toy-project.ts';

/** Makes the tasks of a plan, each under a claim of its own. */
export class Builds {
  readonly #lake: SharedLake;
  readonly #scheduler: Scheduler;
  readonly #activities: Activities;
  readonly #claims: ClaimWatch;
  readonly #count: Count;
  readonly #nextNumber: () => number;

  constructor(
    lake: SharedLake,
    scheduler: Scheduler,
    activities: Activities,
    claims: ClaimWatch,
    count: Count,
    nextNumber: () => number,
  ) {
    this.#lake = lake;
    this.#scheduler = scheduler;
    this.#activities = activities;
    this.#claims = claims;
    this.#count = count;
    this.#nextNumber = nextNumber;
  }

  /** All at once. */
  async buildAll(actor: Actor, tasks: readonly Task[]): Promise<void> {
    const builds = tasks.map((task) =>
      this.#scheduler.spawn(`build ${task.dataset}`, (self) => this.#build(self, task), actor),
    );
    await actor.until('waits for builds', () => builds.every((b) => b.done));
    for (const { error } of builds) if (error) throw error;
  }

  /** Fenced, it leaves the work to the next plan. */
  async #build(actor: Actor, task: Task): Promise<void> {
    const dataset = PART.derived.find((d) => d.name === task.dataset) as DerivedDataset;
    this.#count(`build ${task.kind}`);
    try {
      const claim = await this.#claim(actor, task);
      this.#claims.open(claim);
      await this.#activities.run(actor, `build ${task.dataset}`, (process) =>
        attemptBuild(this.#lake, process, dataset, task, claim),
      );
    } catch (error) {
      if (!(error instanceof StrataError) || error.code !== 'fenced') throw error;
      this.#count('build fenced');
    }
  }

  #claim(actor: Actor, task: Task): Promise<Claim> {
    const { dataset, inputs, contentHash } = task;
    return this.#activities.run(actor, `claim ${dataset}`, async ({ open }) => {
      const [own, bad] = [await open(dataset).load(), await open(quarantineTable(dataset)).load()];
      const scopes = nextEpochs(own.ledger, scopesOf(task), bad.ledger);
      return { dataset, scopes, inputs, contentHash, run: `b${this.#nextNumber()}` };
    });
  }
}
