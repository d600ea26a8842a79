import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { detectDrift } from '../drift/detect-drift.ts';
import { openSession } from '../engine/session.ts';
import { literal } from '../engine/sql-text.ts';
import { machine, printTable, processFigures } from './figures.ts';

/** Columns as fraud features are: counts, amounts in cents, categories, flags, and two with a different double in every row. */
const COLUMNS: Readonly<Record<string, (shift: string) => string>> = {
  amount: (by) => `round(exp(random() * 6 + ${by}), 2)::DECIMAL(18, 2)`,
  customer_mean: (by) => `exp(random() * 4 + ${by})`,
  score: (by) => `least(1, random() ** (4 - ${by}))`,
  ...Object.fromEntries(
    ['1h', '1d', '7d', '30d'].map((window, i) => [
      `count_${window}`,
      () => `floor(random() ** 2 * ${5 * 4 ** i})::BIGINT`,
    ]),
  ),
  seconds_since: () => 'floor(random() ** 3 * 2592000)::BIGINT',
  hour: () => 'floor(random() * 24)::INTEGER',
  merchant: (by) => `'m' || floor(random() ** (2 + ${by}) * 20000)::INTEGER`,
  currency: (by) => `['EUR', 'USD', 'GBP', 'KWD'][1 + least(3, floor(random() ** (2 - ${by}) * 4))::INTEGER]`,
  country: () => "'c' || floor(random() ** 2 * 60)::INTEGER",
  device: (by) =>
    `CASE WHEN random() < ${by} THEN NULL ELSE ['mobile', 'desktop', 'tablet'][1 + floor(random() * 3)::INTEGER] END`,
  is_night: () => 'random() < 0.2',
  is_fraud: () => 'random() < 0.01',
};

/** `--rows`: of each side. `--memory`: DuckDB's limit. */
export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { rows: { type: 'string', default: '2000000' }, memory: { type: 'string', default: '1GB' } },
  });
  const folder = await mkdtemp(join(tmpdir(), 'strata-drift-'));
  const session = await openSession({ memoryLimit: values.memory, threads: 2, tempDirectory: folder });
  try {
    console.log(machine());
    const sample = async (name: string, shift: string) => {
      const file = join(folder, `${name}.parquet`);
      const columns = Object.entries(COLUMNS).map(([column, sql]) => `${sql(shift)} AS ${column}`);
      await session.run(`COPY (SELECT ${columns.join(', ')} FROM range(${values.rows})) TO ${literal(file)}`);
      return { relation: `read_parquet(${literal(file)})`, label: name };
    };
    const [reference, current] = [await sample('reference', '0'), await sample('current', '0.1')];
    const cpu = process.cpuUsage();
    const start = performance.now();
    const columns = Object.keys(COLUMNS).map((name) => ({ name }));
    const { drifted } = await detectDrift(session, { reference, current, columns });
    const used = process.cpuUsage(cpu);
    printTable(
      ['rows on each side', 'columns', 'memory limit', 'seconds', 'processor seconds', 'peak MiB', 'drifted'],
      [
        [
          Number(values.rows).toLocaleString('en'),
          String(columns.length),
          values.memory,
          (performance.now() - start) / 1000,
          (used.user + used.system) / 1e6,
          processFigures(process.pid).peakMiB,
          drifted.join(' '),
        ],
      ],
    );
  } finally {
    await session.close();
    await rm(folder, { recursive: true, force: true });
  }
}
