import type { Cut } from '../../core/cuts.ts';
import type { SourceDataset } from '../../core/dataset.ts';
import type { Interval } from '../../core/interval.ts';
import type { Reprocess } from '../../core/staleness.ts';
import { Activities } from './activities.ts';
import { Batches } from './batches.ts';
import { Builds } from './builds.ts';
import { ClaimWatch } from './claim-watch.ts';
import { Convergence } from './convergence.ts';
import type { Count } from './count.ts';
import { CutMaker } from './cut-maker.ts';
import { ingestAll } from './ingest-all.ts';
import { type Ingested, Ingests } from './ingests.ts';
import { Planning } from './planning.ts';
import type { Prng } from './prng.ts';
import { Publisher } from './publisher.ts';
import { type Actor, Scheduler } from './scheduler.ts';
import { SharedLake } from './shared-lake.ts';
import type { Warehouse } from './toy-warehouse.ts';
import { type WaitingRun, WaitingRuns } from './waiting-runs.ts';
import type { World } from './world.ts';

/** Everything that runs: ingests, convergence, builds, publications; and the checks that go along. */
export class Company {
  readonly lake = new SharedLake();
  readonly scheduler: Scheduler;
  readonly world: World;
  /** What was begun and has to end without an error. */
  readonly actors: Actor[] = [];
  code = 0;
  readonly #prng: Prng;
  readonly #count: Count;
  readonly #claims: ClaimWatch;
  readonly #activities: Activities;
  readonly #ingests: Ingests;
  readonly #waiting: WaitingRuns;
  readonly #cutMaker: CutMaker;
  readonly #convergence: Convergence;
  readonly #publisher: Publisher;
  #numbers = 0;

  constructor(world: World, prng: Prng, count: Count) {
    const { lake } = this;
    const scheduler = new Scheduler(prng);
    const claims = new ClaimWatch(lake, world, count);
    const activities = new Activities(lake, scheduler, prng, count, (path) => claims.watch(path));
    const nextNumber = () => this.#nextNumber();
    const planning = new Planning(lake, activities, prng, count);
    const builds = new Builds(lake, scheduler, activities, claims, count, nextNumber);
    const batches = new Batches(scheduler, planning, builds, prng, count, () => this.code);
    this.scheduler = scheduler;
    this.world = world;
    this.#prng = prng;
    this.#count = count;
    this.#claims = claims;
    this.#activities = activities;
    this.#ingests = new Ingests(lake, world, activities, claims, count, nextNumber);
    this.#waiting = new WaitingRuns(lake);
    this.#cutMaker = new CutMaker(lake, activities, this.#waiting, prng, count);
    this.#convergence = new Convergence(scheduler, batches, this.#cutMaker, this.#waiting, count);
    this.#publisher = new Publisher(lake, this.cuts, activities, count);
  }

  get cuts(): readonly Cut[] {
    return this.#cutMaker.cuts;
  }

  get warehouse(): Warehouse {
    return this.#publisher.warehouse;
  }

  /** An error that nobody else may see. */
  get failure(): unknown {
    return this.#activities.failure;
  }

  /** Ingest, wait for a cut that holds it, publish. */
  async run(actor: Actor, range: Interval, reprocess: Reprocess): Promise<void> {
    const { wanted, looks } = await ingestAll(this.scheduler, this.#ingests, actor, range);
    const waiting: WaitingRun = { wanted, looks, reprocess, cut: undefined };
    this.#waiting.add(waiting);
    if (!this.#convergence.isRunning) this.startConverge();
    await actor.until('waits for a cut', () => waiting.cut !== undefined);
    this.#count('run released');
    await this.publish(actor, waiting.cut!);
  }

  ingest(actor: Actor, source: SourceDataset, range: Interval): Promise<Ingested> {
    return this.#ingests.ingest(actor, source, range);
  }

  startConverge(): void {
    this.actors.push(this.#convergence.start(`converge ${this.#nextNumber()}`));
  }

  cancel(actor: Actor): Promise<void> {
    return this.#claims.cancel(actor, this.#activities, this.#prng);
  }

  publish(actor: Actor, number: number, backwards = false): Promise<void> {
    return this.#publisher.publish(actor, number, backwards);
  }

  /** What tells the names of claims and of convergences apart. */
  #nextNumber(): number {
    this.#numbers += 1;
    return this.#numbers - 1;
  }
}
