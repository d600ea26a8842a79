import { lakeColumns } from '../../core/lake-columns.ts';
import type { Claim, CoverageEntry } from '../../core/ledger.ts';
import type { Activities } from './activities.ts';
import type { Count } from './count.ts';
import { checkBronze, checkCommit, must } from './invariants.ts';
import type { Prng } from './prng.ts';
import type { Actor } from './scheduler.ts';
import type { SharedLake } from './shared-lake.ts';
import type { Look } from './toy-observe.ts';
import { PART } from './toy-project.ts';
import type { World } from './world.ts';

/** Knows what became of every claim and which looks are in, and checks every commit as it happens. */
export class ClaimWatch {
  readonly #lake: SharedLake;
  readonly #world: World;
  readonly #count: Count;
  /** Looks whose commit is in. */
  readonly #looks: Look[] = [];
  /** Attempt's claim -> the look it would commit. */
  readonly #staged = new Map<string, Look>();
  readonly #cancelled = new Set<string>();
  readonly #committed = new Set<string>();
  readonly #open: Claim[] = [];

  constructor(lake: SharedLake, world: World, count: Count) {
    this.#lake = lake;
    this.#world = world;
    this.#count = count;
  }

  /** From now on somebody works on it, and somebody may cancel it. */
  open(claim: Claim): void {
    this.#open.push(claim);
  }

  isCancelled(claim: Claim): boolean {
    return this.#cancelled.has(JSON.stringify(claim));
  }

  stage(claim: Claim, look: Look): void {
    this.#staged.set(attemptOf(claim, look.coverage), look);
  }

  staged(claim: Claim, coverage: CoverageEntry | undefined): Look | undefined {
    return this.#staged.get(attemptOf(claim, coverage));
  }

  /** To be called within every put. */
  async watch(path: string): Promise<void> {
    const commit = await this.#lake.observe(path);
    if (!commit) return;
    const { dataset, entry, before } = commit;
    this.#count(`commit ${entry.kind}`);
    if (entry.kind !== 'cancel' && entry.kind !== 'maintenance') {
      const claim = JSON.stringify(entry.claim);
      must(!this.#committed.has(claim), 'a claim commits once', claim);
      must(!this.#cancelled.has(claim), 'a cancelled claim never commits', claim);
      this.#committed.add(claim);
    }
    if (entry.kind === 'ingest') this.#looks.push(this.staged(entry.claim, entry.coverage)!);
    checkCommit(this.#lake, commit);
    const source = PART.sources.find((s) => s.name === dataset);
    if (source) checkBronze(this.#lake, source, this.#looks, this.#world, before.version);
  }

  /** Somebody presses cancel: whoever works on the claim must not commit it afterwards. */
  async cancel(actor: Actor, activities: Activities, prng: Prng): Promise<void> {
    const claim = this.#open.length > 0 ? prng.pick(this.#open.slice(-4)) : undefined;
    if (!claim) return;
    const dataset = [...PART.sources, ...PART.derived].find((d) => d.name === claim.dataset)!;
    const outcome = await activities.run(actor, 'cancel', ({ open }) =>
      open(claim.dataset).cancel(claim, lakeColumns(dataset)),
    );
    this.#count(`cancel: ${outcome}`);
    const mine = JSON.stringify(claim);
    if (outcome === 'committed') must(this.#committed.has(mine), 'a claim said to be committed is', mine);
    else {
      must(!this.#committed.has(mine) || outcome === 'fenced', 'a cancelled claim has not committed', mine);
      if (outcome === 'cancelled') this.#cancelled.add(mine);
    }
  }
}

/** Two attempts of one claim may have looked at different moments. */
const attemptOf = (claim: Claim, coverage: CoverageEntry | undefined): string =>
  `${JSON.stringify(claim)} ${coverage?.position} ${coverage?.observedAt}`;
