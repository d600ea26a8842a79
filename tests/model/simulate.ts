import { resolveRange } from '../../core/interval.ts';
import { covers } from '../../core/interval-set.ts';
import { Company } from './company.ts';
import { expectedMerge, must, Violation } from './invariants.ts';
import { Prng } from './prng.ts';
import type { Actor } from './scheduler.ts';
import { CODED, PART } from './toy-project.ts';
import { dayAt, digestOf, instantAt } from './toy-rows.ts';
import { World, type Writes } from './world.ts';

export interface Outcome {
  readonly seed: number;
  readonly failure: string | undefined;
  readonly steps: number;
  readonly chaos: number;
  readonly coverage: ReadonlyMap<string, number>;
  /** What happened, oldest first. */
  readonly trace: readonly string[];
}

type Action =
  | 'go'
  | 'look'
  | 'write'
  | 'advance'
  | 'run'
  | 'backfill'
  | 'converge'
  | 'cancel'
  | 'code'
  | 'publish earlier';

const ACTIONS: Readonly<Record<Action, number>> = {
  go: 240,
  write: 16,
  advance: 5,
  look: 2,
  run: 5,
  backfill: 2,
  converge: 3,
  cancel: 2,
  code: 1,
  'publish earlier': 2,
};

/** What a schedule has more of, by its seed: rare meetings need more of what has to meet. */
const THEMES: readonly { readonly actions: Partial<Record<Action, number>>; readonly writes: Writes }[] = [
  { actions: {}, writes: { payment: 60, rate: 20, merchant: 20 } },
  { actions: { look: 14, advance: 2 }, writes: { payment: 10, rate: 5, merchant: 85 } },
  { actions: { converge: 12, code: 3 }, writes: { payment: 70, rate: 20, merchant: 10 } },
  { actions: { converge: 12, run: 10 }, writes: { payment: 50, rate: 50, merchant: 0 } },
];

export interface Wishes {
  /** Chaotic steps; default by the seed. */
  readonly chaos?: number;
  /** To look inside afterwards. */
  readonly onCompany?: (company: Company) => void;
}

/** One schedule, from its seed: chaos for a while, then everything comes to rest and is compared. */
export async function simulate(seed: number, { chaos, onCompany }: Wishes = {}): Promise<Outcome> {
  const prng = new Prng(seed);
  const coverage = new Map<string, number>();
  const trace: string[] = [];
  const count = (action: string) => {
    coverage.set(action, (coverage.get(action) ?? 0) + 1);
    trace.push(action);
  };
  const theme = THEMES[seed % THEMES.length]!;
  const world = new World(prng, theme.writes);
  const company = new Company(world, prng, count);
  company.scheduler.fair = Math.floor(seed / THEMES.length) % 2 === 1;
  onCompany?.(company);
  let steps = 0;
  const drawn = 150 + prng.int(850);
  const budget = chaos ?? drawn;
  const outcome = (failure: string | undefined) => ({ seed, failure, steps, chaos: budget, coverage, trace });
  try {
    for (; steps < budget; steps += 1) await act(company, prng, { ...ACTIONS, ...theme.actions }, count);
    company.scheduler.chaos = false;
    steps += await drain(company);
    steps += await settle(company, dayAt(world.now), 'none');
    checkCovered(company);
    steps += await settle(company, '2026-10-30', 'stale');
    checkRest(company);
    await goBack(company, prng);
    await checkRepeat(company);
    return outcome(undefined);
  } catch (error) {
    return outcome(error instanceof Violation ? error.message : String((error as Error).stack ?? error));
  }
}

const RUNS_AT_ONCE = 4;

async function act(
  company: Company,
  prng: Prng,
  actions: Readonly<Record<Action, number>>,
  count: (action: string) => void,
): Promise<void> {
  const { world, scheduler } = company;
  const action = prng.weighted(actions);
  const today = dayAt(world.now);
  const running = company.actors.filter((a) => !a.done && a.name.startsWith('run')).length;
  raise(company);
  switch (action) {
    case 'go':
      await scheduler.advance();
      return;
    case 'write':
      count(world.write());
      return;
    case 'advance':
      world.advance();
      return;
    case 'look': {
      // An ingest alone, as a backfill has many of.
      const source = prng.pick(PART.sources);
      const first = dayAt(prng.int(world.now + 1));
      const range = resolveRange(first, today, 'day');
      const work = async (self: Actor) => void (await company.ingest(self, source, range));
      company.actors.push(scheduler.spawn(`look at ${source.name}`, work));
      return;
    }
    case 'run':
    case 'backfill': {
      if (running >= RUNS_AT_ONCE) return;
      const from = action === 'run' ? dayAt(Math.max(0, world.now - 86_400 * prng.int(2))) : '2026-10-30';
      const range = resolveRange(from, action === 'run' ? from : today, 'day');
      const reprocess = action === 'backfill' && prng.chance(0.4) ? 'stale' : 'none';
      count(reprocess === 'stale' ? 'backfill reprocess' : action);
      company.actors.push(
        scheduler.spawn(`${action === 'run' ? 'run' : 'run backfill'}`, (self) => company.run(self, range, reprocess)),
      );
      return;
    }
    case 'converge':
      company.startConverge();
      return;
    case 'cancel':
      company.actors.push(scheduler.spawn('cancel', (self) => company.cancel(self)));
      return;
    case 'code':
      company.code += 1;
      count('code change');
      return;
    case 'publish earlier': {
      const earlier = company.cuts.slice(0, -1);
      if (earlier.length === 0) return;
      const { number } = prng.pick(earlier);
      company.actors.push(scheduler.spawn('publish earlier', (self) => company.publish(self, number, true)));
    }
  }
}

/** An actor that failed is a failed schedule: nothing here may end in an error. */
function raise(company: Company): void {
  if (company.failure) throw company.failure;
  for (const { error, name } of company.actors) {
    if (!error) continue;
    if (error instanceof Violation) throw error;
    throw new Violation(`${name} failed: ${(error as Error).stack ?? error}`);
  }
}

async function drain(company: Company): Promise<number> {
  let steps = 0;
  while (await company.scheduler.advance()) {
    raise(company);
    steps += 1;
    must(
      steps < 40_000,
      'all work comes to an end',
      company.scheduler.waiting.map((p) => `${p.actor.name}: ${p.label}`),
    );
  }
  raise(company);
  const stuck = company.scheduler.waiting.map((p) => `${p.actor.name}: ${p.label}`);
  must(stuck.length === 0, 'nobody waits for ever', stuck);
  return steps;
}

/** A run, undisturbed. */
async function settle(company: Company, from: string, reprocess: 'none' | 'stale'): Promise<number> {
  const range = resolveRange(from, dayAt(company.world.now), 'day');
  company.actors.push(company.scheduler.spawn('run last', (self) => company.run(self, range, reprocess)));
  return drain(company);
}

/** After a nightly run everything is in bronze that appeared, also late, in time that was ever looked at. */
function checkCovered({ lake, world }: Company): void {
  for (const source of PART.sources) {
    if (source.extraction.kind === 'snapshot') continue;
    const { version, ledger } = lake.newest(source.name);
    const known = lake.rows(source.name, version);
    for (const row of world.rows(source)) {
      const at = row.updated_at as number;
      if (!covers(ledger.covered, { start: instantAt(at), end: instantAt(at + 1) })) continue;
      const found = known.some((k) => source.columns.every(({ name }) => k[name] === row[name]));
      must(found, 'what was late is seen by the next look', source.name, row);
    }
  }
}

/** At rest every table is what plain code makes of bronze, and bronze ends in what the source holds. */
function checkRest(company: Company): void {
  const { lake, world, cuts, warehouse } = company;
  const last = cuts.at(-1)!;
  must(warehouse.cut === last.number, 'the last cut is published', warehouse.cut, last.number);
  for (const dataset of PART.derived) {
    if (dataset.write.kind !== 'merge') continue;
    const rows = lake.rows(dataset.name, last.versions[dataset.name]!);
    const due = expectedMerge(lake, dataset, CODED.includes(dataset) ? company.code : 0);
    must(
      digestOf(dataset, rows) === digestOf(dataset, due),
      'at rest a table is what plain code makes of bronze',
      dataset.name,
      rows,
      due,
    );
  }
  for (const source of PART.sources) {
    const rows = lake.rows(source.name, lake.newest(source.name).version);
    for (const row of world.rows(source))
      must(
        rows.some((known) => source.columns.every(({ name }) => known[name] === row[name])),
        'at rest bronze knows the source',
        source.name,
        row,
      );
  }
}

/** A bad publication is undone by publishing an earlier cut; the next run publishes the newest again. */
async function goBack(company: Company, prng: Prng): Promise<void> {
  const earlier = company.cuts.slice(0, -1);
  if (earlier.length === 0) return;
  const { number } = prng.pick(earlier);
  company.actors.push(company.scheduler.spawn('publish earlier', (self) => company.publish(self, number, true)));
  await drain(company);
  must(company.warehouse.cut === number, 'an earlier cut can be published again', number);
}

/** The same again changes nothing. */
async function checkRepeat(company: Company): Promise<void> {
  const before = PART.derived.map((d) => company.lake.newest(d.name).version);
  await settle(company, '2026-10-30', 'none');
  const after = PART.derived.map((d) => company.lake.newest(d.name).version);
  must(
    company.warehouse.cut === company.cuts.at(-1)!.number,
    'the newest cut is published again',
    company.warehouse.cut,
  );
  must(String(before) === String(after), 'a run without news commits nothing to derived tables', before, after);
}
