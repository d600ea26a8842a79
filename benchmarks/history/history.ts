import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { openSession } from '../../engine/session.ts';
import { machine, median, printTable, processFigures } from '../figures.ts';
import { type BenchFiles, BUCKETS, makeFiles } from './history.data.ts';
import { type Build, plain, strata } from './history.sides.ts';

const SIDES: Readonly<Record<string, Build>> = { strata, plain };

interface Figures {
  readonly seconds: number;
  readonly cpuSeconds: number | undefined;
  readonly peakMiB: number | undefined;
  readonly files: readonly string[];
}

/** The history of a million customers with five versions each, beside one window query over all of them. */
export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      customers: { type: 'string', default: '1000000' },
      pairs: { type: 'string', default: '3' },
      memory: { type: 'string', default: '2GB' },
    },
  });
  const customers = Number(values.customers);
  const folder = await mkdtemp(join(tmpdir(), 'strata-bench-history-'));
  try {
    console.log(
      `${machine()}; ${customers} customers x 5 versions, ${BUCKETS} buckets; DuckDB's limit: ${values.memory}`,
    );
    await writeFile(join(folder, 'files.json'), JSON.stringify(await makeFiles(folder, customers)));
    const rows: (string | number | undefined)[][] = [];
    const ratios: number[] = [];
    for (let pair = 0; pair < Number(values.pairs); pair += 1) {
      const found = new Map<string, Figures>();
      const names = pair % 2 === 0 ? ['strata', 'plain'] : ['plain', 'strata'];
      for (const name of names) found.set(name, await measured(folder, name, `${pair}`, values.memory));
      const [s, p] = [found.get('strata')!, found.get('plain')!];
      if (pair === 0) console.log(`${await sameRows(s.files, p.files)} rows, the same on both sides`);
      ratios.push(s.seconds / p.seconds);
      rows.push([
        `pair ${pair + 1}`,
        s.seconds,
        p.seconds,
        s.seconds / p.seconds,
        s.cpuSeconds,
        p.cpuSeconds,
        s.peakMiB,
        p.peakMiB,
      ]);
    }
    const head = [
      '',
      'Strata s',
      'plain s',
      'ratio',
      'Strata CPU s',
      'plain CPU s',
      'Strata peak MiB',
      'plain peak MiB',
    ];
    printTable(head, rows);
    console.log(`median of the ratios: ${median(ratios).toFixed(2)}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** In a process of its own, so that its peak is its own. */
async function measured(folder: string, side: string, pair: string, memory: string): Promise<Figures> {
  const own = [fileURLToPath(import.meta.url), '--measure', folder, side, pair, memory];
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', import.meta.resolve('tsx'), ...own]);
  return JSON.parse(stdout) as Figures;
}

async function measure([folder = '', side = '', pair = '', memory = '']: readonly string[]): Promise<void> {
  const files = JSON.parse(await readFile(join(folder, 'files.json'), 'utf8')) as BenchFiles;
  const own = join(folder, `${side}-${pair}`);
  await mkdir(own);
  const start = performance.now();
  const made = await SIDES[side]!(files, own, { memoryLimit: memory, threads: 2, tempDirectory: own });
  const seconds = (performance.now() - start) / 1000;
  console.log(JSON.stringify({ seconds, files: made, ...processFigures(process.pid) }));
}

/** @throws when the sides differ by a row */
async function sameRows(a: readonly string[], b: readonly string[]): Promise<bigint> {
  await using session = await openSession({ memoryLimit: '4GB', threads: 2, tempDirectory: tmpdir() });
  const hashed = (files: readonly string[]) =>
    `(SELECT hash(COLUMNS(*)) FROM read_parquet([${files.map((f) => `'${f}'`).join(', ')}]))`;
  const digest = async (files: readonly string[]) =>
    session.rows<{ n: bigint; sum: string }>(
      `SELECT count(*) AS n, sum(hash(r)::HUGEINT)::VARCHAR AS sum FROM ${hashed(files)} r`,
    );
  const [[x], [y]] = [await digest(a), await digest(b)];
  if (x?.n !== y?.n || x?.sum !== y?.sum) throw new Error('the two sides differ');
  return x!.n;
}

if (process.argv[2] === '--measure') await measure(process.argv.slice(3));
