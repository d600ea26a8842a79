import { type Batch, nextBatch } from '../../core/batch.ts';
import { nextEpochs } from '../../core/claims.ts';
import { isSettled, nextLook, refuseOlderSnapshot } from '../../core/coverage.ts';
import { type Cut, contains, cutProblems, nextCut, type Wanted } from '../../core/cuts.ts';
import type { DerivedDataset, SourceDataset } from '../../core/dataset.ts';
import { StrataError } from '../../core/errors.ts';
import { type Interval, intervalOf } from '../../core/interval.ts';
import { lakeColumns } from '../../core/lake-columns.ts';
import { type Claim, EMPTY_LEDGER, type LedgerEntry, type PartitionEntry, type Version } from '../../core/ledger.ts';
import { mergeSource } from '../../core/pending.ts';
import { narrow, plan, scopesOf, type Task } from '../../core/plan.ts';
import { quarantineTable } from '../../core/quarantine.ts';
import { ingestScope } from '../../core/scopes.ts';
import { type Ledgers, ledgerOf, type Reprocess } from '../../core/staleness.ts';
import { cutFile, cutsFolder } from '../../lake/layout.ts';
import { attemptBuild, COUNTS, scan } from './build-attempt.ts';
import type { Fault } from './faulty-store.ts';
import { checkBronze, checkCommit, checkReasons, checkTogether, must } from './invariants.ts';
import type { Prng } from './prng.ts';
import { type Process, Processes } from './processes.ts';
import { type Actor, Crash, Scheduler } from './scheduler.ts';
import { ENV, SharedLake } from './shared-lake.ts';
import { bronzePartition, type Look, observe, same } from './toy-observe.ts';
import { bronzeMerchant, CODED, hashOf, PART } from './toy-project.ts';
import { dayAt, digestOf, groupBy, instantAt } from './toy-rows.ts';

import { Warehouse } from './toy-warehouse.ts';
import type { World } from './world.ts';

const PIPELINE = PART.pipeline;

interface Waiting {
  readonly wanted: Wanted;
  readonly looks: readonly Look[];
  readonly reprocess: Reprocess;
  cut: number | undefined;
}

/** Everything that runs: ingests, convergence, builds, publications; and the checks that go along. */
export class Company {
  readonly lake = new SharedLake();
  readonly scheduler: Scheduler;
  readonly warehouse = new Warehouse();
  readonly world: World;
  readonly #prng: Prng;
  readonly #count: (action: string) => void;
  readonly #processes: Processes;
  /** Looks whose commit is in. */
  readonly #looks: Look[] = [];
  /** Attempt's claim -> the look it would commit. */
  readonly #staged = new Map<string, Look>();
  readonly #cancelled = new Set<string>();
  readonly #committed = new Set<string>();
  readonly #open: Claim[] = [];
  #waiting: Waiting[] = [];
  readonly cuts: Cut[] = [];
  code = 0;
  /** An error that nobody else may see. */
  failure: unknown;
  #names = 0;

  constructor(world: World, prng: Prng, count: (action: string) => void) {
    this.world = world;
    this.#prng = prng;
    this.#count = count;
    this.scheduler = new Scheduler(prng);
    this.#processes = new Processes(this.lake, prng, {
      fault: () => this.#fault(),
      committed: (path) => this.#watch(path),
    });
  }

  #fault(): Fault {
    if (!this.scheduler.chaos || !this.#prng.chance(0.25)) return 'none';
    const fault = this.#prng.pick<Fault>(['crash before', 'crash after', 'unreachable', 'lost answer', 'answered no']);
    this.#count(fault);
    return fault;
  }

  async #watch(path: string): Promise<void> {
    const commit = await this.lake.observe(path);
    if (!commit) return;
    const { dataset, entry, before } = commit;
    this.#count(`commit ${entry.kind}`);
    if (entry.kind !== 'cancel' && entry.kind !== 'maintenance') {
      const claim = JSON.stringify(entry.claim);
      must(!this.#committed.has(claim), 'a claim commits once', claim);
      must(!this.#cancelled.has(claim), 'a cancelled claim never commits', claim);
      this.#committed.add(claim);
    }
    const look = this.#staged.get(
      `${JSON.stringify(entry.claim)} ${entry.coverage?.position} ${entry.coverage?.observedAt}`,
    );
    if (entry.kind === 'ingest') this.#looks.push(look!);
    checkCommit(this.lake, commit);
    const source = PART.sources.find((s) => s.name === dataset);
    if (source) checkBronze(this.lake, source, this.#looks, this.world, before.version);
  }

  /** As Temporal runs an activity: again after a crash, and beside an attempt that seems dead. */
  async activity<T>(actor: Actor, name: string, work: (process: Process) => Promise<T>): Promise<T> {
    for (let n = 1; ; n += 1) {
      let result: { value: T } | undefined;
      // A second attempt is a group of its own: the first may be paused for long.
      const task = async (self: Actor) => {
        try {
          result = { value: await this.#processes.with(self, work) };
        } catch (error) {
          // Nobody may be waiting any more for an attempt that seemed dead.
          const known = error instanceof StrataError && ['fenced', 'conflict', 'unreachable'].includes(error.code);
          if (!known && !(error instanceof Crash)) this.failure ??= error;
          throw error;
        }
      };
      const attempt = this.scheduler.spawn(`${name}#${n}`, task, n === 1 ? actor : undefined);
      const how = await actor.until(`waits for ${name}`, () => attempt.done, n < 4);
      if (how === 'timeout') {
        this.#count('zombie');
        continue;
      }
      if (result) return result.value;
      const transient = attempt.error instanceof StrataError && attempt.error.kind === 'transient';
      if (!(attempt.error instanceof Crash) && !transient) throw attempt.error;
      this.#count(transient ? `retry ${(attempt.error as StrataError).code}` : 'retry crash');
    }
  }

  // ingest ------------------------------------------------------------------------------------------------------------

  async ingest(
    actor: Actor,
    source: SourceDataset,
    range: Interval,
  ): Promise<{ look: Look | undefined; wanted: Record<string, Version> }> {
    const name = `ingest ${source.name}`;
    for (;;) {
      const claim = await this.activity(actor, `claim ${name}`, async ({ open }) => {
        const { ledger } = await open(source.name).load();
        const scopes = nextEpochs(ledger, [ingestScope(source.name, range)]);
        return { dataset: source.name, scopes, inputs: {}, contentHash: source.name, run: `${name} ${this.#names++}` };
      });
      this.#open.push(claim);
      try {
        const look = await this.activity(actor, name, (process) => this.#attemptIngest(process, source, range, claim));
        const { ledger } = this.lake.newest(source.name);
        const wanted = Object.fromEntries([...ledger.partitions].map(([p, s]) => [p, s.contentVersion]));
        return { look, wanted };
      } catch (error) {
        if (!(error instanceof StrataError) || error.code !== 'fenced') throw error;
        this.#count('ingest fenced');
        if (this.#cancelled.has(JSON.stringify(claim))) return { look: undefined, wanted: {} };
      }
    }
  }

  async #attemptIngest(
    { open, actor }: Process,
    source: SourceDataset,
    range: Interval,
    claim: Claim,
  ): Promise<Look | undefined> {
    const table = open(source.name);
    const known = (await table.load()).ledger;
    const look = this.#look(source, range, known);
    await actor!.linger('has looked');
    if (!look) return undefined;
    this.#staged.set(`${JSON.stringify(claim)} ${look.coverage.position} ${look.coverage.observedAt}`, look);
    const { twin, entry } = await table.commit({
      claim,
      partitions: [],
      columns: lakeColumns(source),
      prepare: async (state) => {
        if (source === bronzeMerchant) refuseOlderSnapshot(source.name, state.ledger, String(look.position));
        const rows = groupBy(observe(look, this.lake.files.rowsOf(state)), (row) => bronzePartition(source, row));
        const partitions: Record<string, PartitionEntry> = {};
        for (const [partition, added] of rows) {
          const all = [...this.lake.files.rowsOf(state, partition), ...added];
          partitions[partition] = { digest: digestOf(source, all), rows: all.length };
        }
        const adds = [...rows].map(([partition, added]) => this.lake.files.write(partition, added));
        const made: LedgerEntry = {
          format: 1,
          kind: 'ingest',
          claim,
          partitions,
          coverage: look.coverage,
          counts: COUNTS,
        };
        return { adds, removes: [], entry: made };
      },
    });
    if (twin) this.#count('twin');
    return this.#staged.get(`${JSON.stringify(claim)} ${entry.coverage!.position} ${entry.coverage!.observedAt}`);
  }

  #look(source: SourceDataset, range: Interval, known: Parameters<typeof nextLook>[0]): Look | undefined {
    const { now, position } = this.world;
    const observedAt = instantAt(now);
    const technical = { _op: 'u', _position: position, _observed_at: now };
    if (source.extraction.kind === 'snapshot') {
      const day = intervalOf(dayAt(now), 'day');
      const rows = this.world.rows(source).map((row) => ({ ...row, ...technical }));
      const coverage = { covered: day, settledTo: day.end, position: String(position), observedAt };
      return { source, rows, position, at: now, coverage };
    }
    if (isSettled(known, range)) return undefined;
    const lowWater = instantAt(this.world.lowWater(source));
    const { lower, upper } = nextLook(known, range, lowWater);
    const end = upper ?? instantAt(now + 1);
    if (end <= lower) return undefined;
    const rows = this.world
      .rows(source)
      .filter(
        (row) =>
          instantAt(row.updated_at as number) >= lower && (!upper || instantAt(row.updated_at as number) < upper),
      )
      .map((row) => ({ ...row, ...technical }));
    const coverage = { covered: { start: lower, end }, settledTo: lowWater, position: String(position), observedAt };
    return { source, rows, position, at: now, coverage };
  }

  // run ---------------------------------------------------------------------------------------------------------------

  /** Ingest, wait for a cut that holds it, publish. */
  async run(actor: Actor, range: Interval, reprocess: Reprocess): Promise<void> {
    const ingests = await Promise.all(
      PART.sources.map(async (source) => {
        let done: Awaited<ReturnType<Company['ingest']>> | undefined;
        let failed: unknown;
        const work = async (self: Actor) => {
          done = await this.ingest(self, source, range).catch((error: unknown) => {
            failed = error;
            return undefined;
          });
        };
        const child = this.scheduler.spawn(`ingest ${source.name}`, work, actor);
        return { source, child, result: () => ({ done, failed }) };
      }),
    );
    await actor.until('waits for ingests', () => ingests.every((i) => i.child.done));
    const wanted: Record<string, Record<string, Version>> = {};
    const looks: Look[] = [];
    for (const { source, result } of ingests) {
      const { done, failed } = result();
      if (failed) throw failed;
      wanted[source.name] = done!.wanted;
      if (done!.look) looks.push(done!.look);
    }
    const waiting: Waiting = { wanted, looks, reprocess, cut: undefined };
    this.#waiting.push(waiting);
    this.#ensureConverge();
    await actor.until('waits for a cut', () => waiting.cut !== undefined);
    this.#count('run released');
    await this.publish(actor, waiting.cut!);
  }

  // converge ----------------------------------------------------------------------------------------------------------

  #converging = 0;

  #ensureConverge(): void {
    if (this.#converging === 0) this.startConverge();
  }

  /** Usually one at a time; two must not hurt. */
  startConverge(): void {
    this.#converging += 1;
    if (this.#converging > 1) this.#count('two converges');
    const actor = this.scheduler.spawn(`converge ${this.#names++}`, async (self) => {
      try {
        do await this.#batch(self);
        while (this.#waiting.length > 0);
      } finally {
        this.#converging -= 1;
      }
    });
    this.actors.push(actor);
  }

  readonly actors: Actor[] = [];

  async #load({ open, actor }: Process, frozen: Readonly<Record<string, Version>> = {}): Promise<Ledgers> {
    const ledgers = new Map<string, ReturnType<Ledgers['get']> & object>();
    // Newest first now and then: tables are loaded one after the other while others commit.
    const datasets = [...PART.derived, ...PART.sources];
    for (const { name } of this.#prng.chance(0.5) ? datasets : datasets.reverse()) {
      const version = frozen[name];
      if (version === undefined && this.#prng.chance(0.4)) await actor!.linger('has loaded some ledgers');
      ledgers.set(
        name,
        version === undefined
          ? (await open(name).load()).ledger
          : version < 0
            ? EMPTY_LEDGER
            : this.lake.at(name, version).ledger,
      );
    }
    return ledgers;
  }

  async #batch(actor: Actor): Promise<void> {
    const reprocess = this.#waiting.some((w) => w.reprocess === 'stale') ? 'stale' : 'none';
    const hashes = Object.fromEntries(
      PART.derived.map((d) => [d.name, hashOf(d.name, CODED.includes(d) ? this.code : 0)]),
    );
    const days = this.scheduler.chaos ? 1 + this.#prng.int(3) : 31;
    const batch = await this.activity(actor, 'freeze', async (process) =>
      nextBatch(PART, await this.#load(process), hashes, { reprocess, days }),
    );
    if (batch.left > 0) this.#count('batch leaves days');
    for (let round = 0; ; round += 1) {
      must(round < 200, 'a batch comes to an end');
      const { ready, checked, outdated } = await this.activity(actor, 'plan', async (process) => {
        const ledgers = await this.#load(process, batch.frozen);
        const found = await plan(PART, batch, ledgers, async (q) =>
          scan(this.lake, PART.derived.find((d) => d.name === q.dataset)!, q),
        );
        for (const task of found.ready) checkReasons(this.lake, task, ledgerOf(ledgers, task.dataset));
        return found;
      });
      for (const { dataset, checked: partitions } of checked)
        await this.activity(actor, 'confirm', (process) => this.#confirm(process, dataset, partitions));
      const otherCode = CODED.some((d) => batch.hashes[d.name] !== hashOf(d.name, this.code));
      // Workers of old and new code stand side by side for a while; then only the new ones are left.
      if (outdated || (otherCode && (!this.scheduler.chaos || this.#prng.chance(0.2)))) {
        this.#count(outdated ? 'batch outdated' : 'batch of other code');
        return;
      }
      if (ready.length === 0) break;
      const builds = ready.map((task) =>
        this.scheduler.spawn(`build ${task.dataset}`, (self) => this.#build(self, task), actor),
      );
      await actor.until('waits for builds', () => builds.every((b) => b.done));
      for (const { error } of builds) if (error) throw error;
    }
    await this.#cut(actor, batch);
  }

  async #confirm({ open, actor }: Process, name: string, checked: LedgerEntry['checked'] & object): Promise<void> {
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

  async #build(actor: Actor, task: Task): Promise<void> {
    const dataset = PART.derived.find((d) => d.name === task.dataset) as DerivedDataset;
    this.#count(`build ${task.kind}`);
    try {
      const claim = await this.activity(actor, `claim ${task.dataset}`, async ({ open }): Promise<Claim> => {
        const [own, bad] = [await open(task.dataset).load(), await open(quarantineTable(task.dataset)).load()];
        const scopes = nextEpochs(own.ledger, scopesOf(task), bad.ledger);
        return {
          dataset: task.dataset,
          scopes,
          inputs: task.inputs,
          contentHash: task.contentHash,
          run: `b${this.#names++}`,
        };
      });
      this.#open.push(claim);
      await this.activity(actor, `build ${task.dataset}`, (process) =>
        attemptBuild(this.lake, process, dataset, task, claim),
      );
    } catch (error) {
      if (!(error instanceof StrataError) || error.code !== 'fenced') throw error;
      this.#count('build fenced');
    }
  }

  /** Somebody presses cancel: whoever works on the claim must not commit it afterwards. */
  async cancel(actor: Actor): Promise<void> {
    const claim = this.#open.length > 0 ? this.#prng.pick(this.#open.slice(-4)) : undefined;
    if (!claim) return;
    const dataset = [...PART.sources, ...PART.derived].find((d) => d.name === claim.dataset)!;
    const outcome = await this.activity(actor, 'cancel', ({ open }) =>
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

  // cut and publication -----------------------------------------------------------------------------------------------

  async #cut(actor: Actor, _batch: Batch): Promise<void> {
    await this.activity(actor, 'cut', async (process) => {
      await process.actor!.linger('has built everything');
      const early = this.#prng.chance(0.5) ? await this.#newestCut(process) : undefined;
      const ledgers = await this.#load(process);
      const problems = await cutProblems(PART, ledgers, async (dataset, candidates) => {
        const own = ledgerOf(ledgers, dataset.name);
        const { held } = await narrow(dataset, own, ledgers, candidates, async (q) => scan(this.lake, dataset, q));
        return held.map((s) => s.partition);
      });
      for (const { problem } of problems) this.#count(`no cut: ${problem}`);
      if (problems.length > 0) return;
      const previous = early ?? (await this.#newestCut(process));
      const next = nextCut(PART, ledgers, previous);
      if (next && 'problem' in next) return this.#count(`no cut: ${next.problem}`);
      if (next) {
        const won = await process.store.putIfAbsent(cutFile(ENV, PIPELINE, next.number), JSON.stringify(next));
        if (!won) return this.#count('cut lost');
        this.#adopt(next);
      }
      const number = next?.number ?? previous?.number;
      if (number !== undefined) this.#release(ledgers, number);
    });
  }

  #adopt(cut: Cut): void {
    if (this.cuts.some((c) => c.number === cut.number)) return;
    const last = this.cuts.at(-1);
    must(cut.number === (last?.number ?? 0) + 1, 'cuts are counted without gaps', cut.number);
    for (const [name, version] of Object.entries(last?.versions ?? {}))
      must(cut.versions[name]! >= version, 'a cut never goes back', name, version, cut.versions[name]);
    this.cuts.push(cut);
    this.#count('cut');
    checkTogether(this.lake, cut.versions);
  }

  #release(ledgers: Ledgers, number: number): void {
    const released = this.#waiting.filter((w) => contains(PART, ledgers, w.wanted));
    this.#waiting = this.#waiting.filter((w) => !released.includes(w));
    for (const waiting of released) {
      waiting.cut = number;
      const { versions } = this.cuts.find((c) => c.number === number)!;
      for (const look of waiting.looks) this.#checkHeld(look, versions);
    }
  }

  /** What a released run saw is in the cut's tables. */
  #checkHeld({ source, rows }: Look, versions: Readonly<Record<string, Version>>): void {
    for (const dataset of PART.derived.filter((d) => d.write.kind === 'merge' && mergeSource(d) === source)) {
      const { marks } = this.lake.at(dataset.name, versions[dataset.name]!).ledger;
      const merged = [...marks].flatMap(([partition, { version }]) =>
        this.lake.observations(dataset, version, partition),
      );
      for (const row of rows)
        must(
          merged.some((obs) => same(source, obs, row)),
          'a released run finds what it saw in the cut',
          source.name,
          row,
        );
    }
  }

  async #newestCut({ store }: Process): Promise<Cut | undefined> {
    let newest: string | undefined;
    for await (const path of store.listPaths(cutsFolder(ENV, PIPELINE))) newest = path;
    const cut = newest === undefined ? undefined : (JSON.parse((await store.getText(newest))!) as Cut);
    if (cut) this.#adopt(cut);
    return cut;
  }

  /** Loads the difference to a cut, unless the warehouse has a newer one or moved meanwhile. */
  async publish(actor: Actor, number: number, backwards = false): Promise<void> {
    await this.activity(actor, 'publish', async () => {
      const from = this.warehouse.cut;
      if (!backwards && from !== undefined && from >= number) return this.#count('published already');
      const [old, fresh] = [from, number].map((n) => this.cuts.find((c) => c.number === n));
      const difference = this.warehouse.difference(this.lake, old?.versions ?? {}, fresh!.versions);
      await actor.step('loads the difference');
      this.#count(
        this.warehouse.load(from, number, difference)
          ? backwards
            ? 'published an earlier cut'
            : 'published'
          : 'publication lost',
      );
      this.warehouse.check(this.lake, this.cuts);
    });
  }
}
