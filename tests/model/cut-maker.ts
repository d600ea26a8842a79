import { type Cut, type CutProblem, cutProblems, nextCut } from '../../core/cuts.ts';
import { narrow } from '../../core/plan.ts';
import { type Ledgers, ledgerOf } from '../../core/staleness.ts';
import { cutFile, cutsFolder } from '../../lake/layout.ts';
import type { Activities } from './activities.ts';
import { scan } from './build-attempt.ts';
import type { Count } from './count.ts';
import { checkTogether, must } from './invariants.ts';
import { loadLedgers } from './load-ledgers.ts';
import type { Prng } from './prng.ts';
import type { Process } from './processes.ts';
import type { Actor } from './scheduler.ts';
import { ENV, type SharedLake } from './shared-lake.ts';
import { PART } from './toy-project.ts';
import type { WaitingRuns } from './waiting-runs.ts';

const PIPELINE = PART.pipeline;

/** Makes cuts of tables that fit together, and releases the runs that a cut holds. */
export class CutMaker {
  readonly #lake: SharedLake;
  readonly #activities: Activities;
  readonly #waiting: WaitingRuns;
  readonly #prng: Prng;
  readonly #count: Count;
  readonly cuts: Cut[] = [];

  constructor(lake: SharedLake, activities: Activities, waiting: WaitingRuns, prng: Prng, count: Count) {
    this.#lake = lake;
    this.#activities = activities;
    this.#waiting = waiting;
    this.#prng = prng;
    this.#count = count;
  }

  async cut(actor: Actor): Promise<void> {
    await this.#activities.run(actor, 'cut', async (process) => {
      await process.actor!.linger('has built everything');
      const early = this.#prng.chance(0.5) ? await this.#newest(process) : undefined;
      const ledgers = await loadLedgers(this.#lake, this.#prng, process);
      const problems = await this.#problems(ledgers);
      for (const { problem } of problems) this.#count(`no cut: ${problem}`);
      if (problems.length > 0) return;
      const previous = early ?? (await this.#newest(process));
      const next = nextCut(PART, ledgers, previous);
      if (next && 'problem' in next) return this.#count(`no cut: ${next.problem}`);
      if (next) {
        const won = await process.store.putIfAbsent(cutFile(ENV, PIPELINE, next.number), JSON.stringify(next));
        if (!won) return this.#count('cut lost');
        this.#adopt(next);
      }
      const number = next?.number ?? previous?.number;
      if (number !== undefined) this.#waiting.release(ledgers, this.cuts.find((c) => c.number === number)!);
    });
  }

  #problems(ledgers: Ledgers): Promise<CutProblem[]> {
    return cutProblems(PART, ledgers, async (dataset, candidates) => {
      const own = ledgerOf(ledgers, dataset.name);
      const { held } = await narrow(dataset, own, ledgers, candidates, async (q) => scan(this.#lake, dataset, q));
      return held.map((s) => s.partition);
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
    checkTogether(this.#lake, cut.versions);
  }

  async #newest({ store }: Process): Promise<Cut | undefined> {
    let newest: string | undefined;
    for await (const path of store.listPaths(cutsFolder(ENV, PIPELINE))) newest = path;
    const cut = newest === undefined ? undefined : (JSON.parse((await store.getText(newest))!) as Cut);
    if (cut) this.#adopt(cut);
    return cut;
  }
}
