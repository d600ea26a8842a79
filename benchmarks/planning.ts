import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { nextBatch } from '../core/batch.ts';
import { ownedBy } from '../core/graph.ts';
import { plan } from '../core/plan.ts';
import { FileStore } from '../lake/file-store.ts';
import { loadLedgers } from '../lake/load-ledgers.ts';
import { openTable } from '../lake/table.ts';
import { machine, median, printTable } from './figures.ts';
import { benchDatasets, benchHashes, benchProject, buildLake } from './planning.lake.ts';

const PARTITIONS = 10_000;
const TAIL = 100;
const REPEATS = 5;

/** Of one cold process; milliseconds, from the start of Node on. */
interface Figures {
  readonly partitions: number;
  readonly ready: number;
  readonly start: number;
  readonly ledgers: number;
  readonly planning: number;
  readonly all: number;
  /** Of all threads, what a busy machine distorts least. */
  readonly cpu: number;
  readonly memoryMiB: number;
}

/** One cold process: ledgers of all tables, a batch, a plan. */
async function measure(folder: string): Promise<void> {
  const start = performance.now();
  const store = new FileStore(folder);
  const tables = benchDatasets().map((dataset) => openTable(store, 'bench', dataset));
  const ledgers = await loadLedgers(tables);
  const loaded = performance.now();
  const part = ownedBy(benchProject, 'bench');
  const batch = nextBatch(part, ledgers, benchHashes());
  const { ready } = await plan(part, batch, ledgers, async () => new Set());
  const planned = performance.now();
  const { user, system } = process.cpuUsage();
  const figures: Figures = {
    partitions: [...ledgers.values()].reduce((sum, { partitions }) => sum + partitions.size, 0),
    ready: ready.length,
    start,
    ledgers: loaded - start,
    planning: planned - loaded,
    all: planned,
    cpu: (user + system) / 1000,
    memoryMiB: process.memoryUsage.rss() / 1048576,
  };
  console.log(JSON.stringify(figures));
}

/** Planning of 10,000 partitions in each of 50 tables, folded ledgers and tails of 100 commits, from a local folder. */
export async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-planning-'));
  try {
    console.log(`building a lake: 50 tables x ${PARTITIONS} partitions, tails of ${TAIL} commits`);
    await buildLake(new FileStore(folder), 'bench', PARTITIONS, TAIL);
    const found: Figures[] = [];
    for (let i = 0; i < REPEATS; i++) found.push(await measured(folder));
    const [{ partitions, ready }] = found as [Figures];
    console.log(`${machine()}; ${partitions} partitions, ${ready} tasks ready`);
    const row = (of: (values: readonly number[]) => number) => {
      const value = (name: keyof Figures) => of(found.map((figures) => figures[name]));
      const seconds = (['start', 'ledgers', 'planning', 'all', 'cpu'] as const).map((name) => value(name) / 1000);
      return [...seconds, value('memoryMiB')];
    };
    printTable(
      ['', 'start s', 'ledgers s', 'planning s', 'in all s', 'CPU s', 'memory MiB'],
      [
        [`median of ${REPEATS}`, ...row(median)],
        ['most', ...row((values) => Math.max(...values))],
      ],
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measured(folder: string): Promise<Figures> {
  const args = ['--import', import.meta.resolve('tsx'), fileURLToPath(import.meta.url), '--measure', folder];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Figures;
}

if (process.argv[2] === '--measure') await measure(process.argv[3] ?? '');
