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
import { benchDatasets, benchHashes, benchProject, buildLake } from './planning.lake.ts';

const PARTITIONS = 10_000;
const TAIL = 100;
const REPEATS = 5;

/** One cold process: ledgers of all tables, a batch, a plan. */
async function measure(folder: string): Promise<void> {
  const start = performance.now();
  const before = process.cpuUsage();
  const store = new FileStore(folder);
  const tables = benchDatasets().map((dataset) => openTable(store, 'bench', dataset));
  const ledgers = await loadLedgers(tables);
  const loaded = performance.now();
  const part = ownedBy(benchProject, 'bench');
  const batch = nextBatch(part, ledgers, benchHashes());
  const { ready, blocked } = await plan(part, batch, ledgers, async () => new Set());
  const planned = performance.now();
  const cpu = process.cpuUsage(before);
  const partitions = [...ledgers.values()].reduce((sum, { partitions }) => sum + partitions.size, 0);
  console.log(
    JSON.stringify({
      partitions,
      ready: ready.length,
      blocked: blocked.length,
      startMillis: Math.round(start),
      loadMillis: Math.round(loaded - start),
      planMillis: Math.round(planned - loaded),
      totalMillis: Math.round(planned),
      // All threads together: what a busy machine cannot distort.
      cpuMillis: Math.round((cpu.user + cpu.system) / 1000),
      memoryMiB: Math.round(process.memoryUsage.rss() / 1048576),
    }),
  );
}

/** Planning of 10,000 partitions in each of 50 tables, folded ledgers and tails of 100 commits, from a local folder. */
export async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-planning-'));
  try {
    console.log(`building a lake: 50 tables x ${PARTITIONS} partitions, tails of ${TAIL} commits`);
    await buildLake(new FileStore(folder), 'bench', PARTITIONS, TAIL);
    for (let i = 0; i < REPEATS; i++) {
      const args = ['--import', import.meta.resolve('tsx'), fileURLToPath(import.meta.url), '--measure', folder];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      console.log(stdout.trim());
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (process.argv[2] === '--measure') await measure(process.argv[3] ?? '');
