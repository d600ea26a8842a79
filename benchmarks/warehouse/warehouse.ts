import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { openSession } from '../../engine/session.ts';
import { ident, literal } from '../../engine/sql-text.ts';
import { machine, median, printTable } from '../figures.ts';
import { COLUMNS, DAYS, SESSION, writeFacts } from './fact.data.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SIDE = fileURLToPath(new URL('./side.ts', import.meta.url));

interface Figures {
  readonly seconds: number;
  readonly peakMiB: number;
  readonly cpuSeconds: number;
}

/** Loads three years of facts, then one day anew, by Strata and by plain SQL, in turns. Goal for the whole load: at most 1.3 times. */
export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { rows: { type: 'string', default: '10000000' }, pairs: { type: 'string', default: '3' } },
  });
  const rowsPerDay = Math.ceil(Number(values.rows) / DAYS);
  const folder = await mkdtemp(join(tmpdir(), 'strata-bench-warehouse-'));
  try {
    const facts = join(ROOT, '.strata', 'bench', `warehouse-${rowsPerDay * DAYS}`);
    await writeFacts(facts, rowsPerDay);
    console.log(`${machine()}; ${rowsPerDay * DAYS} rows in ${DAYS} files, memory limit ${SESSION.memoryLimit}`);
    const rows: (string | number)[][] = [];
    for (const load of ['whole', 'day'] as const) {
      const pairs: [Figures, Figures][] = [];
      for (let pair = 1; pair <= Number(values.pairs); pair++) {
        const path = (side: string) => join(folder, `${side}-${pair}.duckdb`);
        const one = async (side: 'strata' | 'plain') => loadBy(side, load, path(side), facts);
        // In turns, and each first as often as the other.
        const [first, second] = pair % 2 === 1 ? (['strata', 'plain'] as const) : (['plain', 'strata'] as const);
        const figures = { [first]: await one(first), [second]: await one(second) } as Record<
          'strata' | 'plain',
          Figures
        >;
        if (pair === 1)
          console.log(`${load}: ${await sameRows(path('strata'), path('plain'))} rows, the same on both sides`);
        pairs.push([figures.strata, figures.plain]);
        rows.push(line(`${load}, pair ${pair}`, figures.strata, figures.plain));
      }
      const of = (side: 0 | 1, what: keyof Figures) => median(pairs.map((p) => p[side][what]));
      const middle = (side: 0 | 1) => ({
        seconds: of(side, 'seconds'),
        peakMiB: of(side, 'peakMiB'),
        cpuSeconds: of(side, 'cpuSeconds'),
      });
      rows.push(line(`**${load}, median**`, middle(0), middle(1)));
    }
    printTable(['load', 'Strata, s', 'plain, s', 'ratio', 'ratio of CPU', 'Strata, peak MiB', 'plain, peak MiB'], rows);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const line = (name: string, strata: Figures, plain: Figures) => [
  name,
  strata.seconds,
  plain.seconds,
  strata.seconds / plain.seconds,
  strata.cpuSeconds / plain.cpuSeconds,
  strata.peakMiB,
  plain.peakMiB,
];

async function loadBy(side: string, load: string, path: string, facts: string): Promise<Figures> {
  const { stdout } = await run(process.execPath, ['--import', 'tsx', SIDE, side, load, path, facts]);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Figures;
}

/** Every value of every row, whatever their order. @throws when the two files differ */
async function sameRows(strata: string, plain: string): Promise<bigint> {
  await using session = await openSession(SESSION);
  const digest = async (path: string, table: string) => {
    await session.run(`ATTACH ${literal(path)} AS side (READ_ONLY, TYPE duckdb)`);
    const names = COLUMNS.map((c) => ident(c.name)).join(', ');
    const [found] = await session.rows<{ rows: bigint; sum: string }>(
      `SELECT count(*) AS rows, sum(hash(${names})::HUGEINT)::VARCHAR AS sum FROM side.${table}`,
    );
    await session.run('DETACH side');
    return found!;
  };
  const [ours, theirs] = [await digest(strata, 'dev.fact_payment'), await digest(plain, 'main.fact_payment')];
  if (ours.rows !== theirs.rows || ours.sum !== theirs.sum) throw new Error('the two sides differ');
  return ours.rows;
}
