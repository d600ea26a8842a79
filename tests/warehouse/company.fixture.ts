import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { bigint, date, day, decimal, key, text } from '../../core/builders.ts';
import { columnsOf } from '../../core/column.ts';
import { openSession, type SessionOptions } from '../../engine/session.ts';
import { literal } from '../../engine/sql-text.ts';
import type { Publication, PublishedTable } from '../../warehouse/warehouse.ts';

export const SESSION: SessionOptions = { memoryLimit: '256MB', threads: 1 };
export const DAYS = ['2026-11-01', '2026-11-02', '2026-11-03', '2026-11-05', '2026-11-08'] as const;
const ROWS_PER_DAY = 200;

export const COLUMNS = columnsOf({
  event_date: date().describe('Day'),
  id: key(bigint()).describe('Row of the day'),
  label: text().nullable().describe('Text'),
  amount: decimal(18, 2).describe('Money'),
});

type FactRow = [event_date: string, id: number, label: string | null, amount: string];

/** The rows of a day as of a cut, by plain code: the oracle, and what the Parquet files are written from. */
export function rowsOf(pipeline: string, dayIndex: number, builtAt: number): FactRow[] {
  // Every seventh rebuild leaves the day empty.
  if (builtAt % 7 === 6) return [];
  return Array.from(
    { length: ROWS_PER_DAY + builtAt },
    (_, id): FactRow => [
      DAYS[dayIndex]!,
      id,
      id % 11 === 0 ? null : `${pipeline} ${builtAt} "${id}"`,
      `${builtAt * 1000 + id}.${String((id * 7) % 100).padStart(2, '0')}`,
    ],
  );
}

/** The day that cut number `cut` changes. */
const changedBy = (cut: number): number => (cut * 3) % DAYS.length;

/** The cut that last changed the day, as of `cut`; 0: not there yet. */
function builtAt(dayIndex: number, cut: number): number {
  for (let at = cut; at > 0; at--) if (changedBy(at) === dayIndex) return at;
  return 0;
}

/** All rows of the fact as of a cut. */
export function factAt(pipeline: string, cut: number): FactRow[] {
  return DAYS.flatMap((_, d) => (builtAt(d, cut) === 0 ? [] : rowsOf(pipeline, d, builtAt(d, cut))));
}

/** The one row of the dimension as of a cut; the dimension is not partitioned. */
export const dimAt = (pipeline: string, cut: number): string => `${pipeline} at ${cut}`;

const factFile = (folder: string, pipeline: string, dayIndex: number, cut: number) =>
  join(folder, `${pipeline}-fact-${dayIndex}-${cut}.parquet`);
const dimFile = (folder: string, pipeline: string, cut: number) => join(folder, `${pipeline}-dim-${cut}.parquet`);

/** Writes the files of all cuts up to `cuts`. */
export async function writeFiles(folder: string, pipeline: string, cuts: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  await using session = await openSession(SESSION);
  for (let cut = 1; cut <= cuts; cut++) {
    const d = changedBy(cut);
    const rows = rowsOf(pipeline, d, cut);
    await session.run('CREATE OR REPLACE TABLE t (event_date DATE, id BIGINT, label VARCHAR, amount DECIMAL(18,2))');
    if (rows.length > 0) {
      const values = rows.map(
        ([on, id, label, amount]) => `('${on}', ${id}, ${label === null ? 'NULL' : literal(label)}, ${amount})`,
      );
      await session.run(`INSERT INTO t VALUES ${values.join(', ')}`);
    }
    await session.run(`COPY t TO ${literal(factFile(folder, pipeline, d, cut))} (FORMAT parquet)`);
    await session.run(
      `COPY (SELECT 1::BIGINT AS id, ${literal(dimAt(pipeline, cut))} AS label) TO ${literal(dimFile(folder, pipeline, cut))} (FORMAT parquet)`,
    );
  }
}

/** The difference between two cuts, in either direction. */
export function difference(folder: string, pipeline: string, fromCut: number | null, toCut: number): Publication {
  const replaced: PublishedTable['replacePartitions'][number][] = [];
  const dropped: string[] = [];
  DAYS.forEach((partition, d) => {
    const [before, after] = [builtAt(d, fromCut ?? 0), builtAt(d, toCut)];
    if (before === after) return;
    if (after === 0) dropped.push(partition);
    else replaced.push({ partition, uris: [factFile(folder, pipeline, d, after)] });
  });
  return {
    pipeline,
    fromCut,
    toCut,
    tables: [
      {
        name: `fact_${pipeline}`,
        description: `Facts of ${pipeline}`,
        columns: COLUMNS,
        key: ['event_date', 'id'],
        partitionBy: day('event_date'),
        replacePartitions: replaced,
        dropPartitions: dropped,
      },
      {
        name: `dim_${pipeline}`,
        columns: COLUMNS.filter((c) => c.name === 'id' || c.name === 'label'),
        key: ['id'],
        partitionBy: { kind: 'all' },
        replacePartitions: [{ partition: 'all', uris: [`file://${dimFile(folder, pipeline, toCut)}`] }],
        dropPartitions: [],
      },
    ],
  };
}
