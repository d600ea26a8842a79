import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LakeColumn } from '../../core/lake-columns.ts';
import { openSession, type Session } from '../../engine/session.ts';
import { readParquet } from '../../engine/sql-text.ts';
import { partitionsAtOnce } from '../../transform/partitions-at-once.ts';
import { writePartitions } from '../../transform/write-partitions.ts';

/** The days of a first load: two rows in each, which are no megabyte, and DuckDB wants 25 of them for the files. */
const DAYS = 1_000;
const ROWS = 2 * DAYS;
const COLUMNS: readonly LakeColumn[] = Array.from({ length: 20 }, (_, i) => ({ name: `c${i}`, sqlType: 'VARCHAR' }));
const VALUES = COLUMNS.map(({ name }, i) => `'v' || (r * ${i + 1}) AS ${name}`).join(', ');
const DAY = (nameless: string) =>
  `CASE WHEN ${nameless} THEN NULL ELSE (DATE '2020-01-01' + (r // 2)::INTEGER)::VARCHAR END`;
const rows = (nameless = 'false') => `(SELECT ${VALUES}, ${DAY(nameless)} AS _partition FROM range(${ROWS}) t(r))`;

let session: Session;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-many-partitions-'));
  session = await openSession({ memoryLimit: '256MB', threads: 2, tempDirectory: folder });
});
afterAll(async () => {
  await session.close();
  await rm(folder, { recursive: true });
});

const days = Array.from({ length: DAYS }, (_, i) => new Date(Date.UTC(2020, 0, 1 + i)).toISOString().slice(0, 10));

/** Every row is in one file of its own partition, as it was. */
async function expectAllWritten(written: Map<string, readonly { localPath: string; rows: number }[]>): Promise<void> {
  expect([...written.keys()].sort()).toEqual(days);
  expect([...written.values()].flat().reduce((sum, file) => sum + file.rows, 0)).toBe(ROWS);
  const last = written.get(days[DAYS - 1]!)!.map(({ localPath }) => localPath);
  const read = await session.rows<{ c0: string; c19: string }>(
    `SELECT c0, c19 FROM ${readParquet(last, COLUMNS)} ORDER BY c0`,
  );
  expect(read).toEqual([ROWS - 2, ROWS - 1].map((r) => ({ c0: `v${r}`, c19: `v${r * 20}` })));
}

test('one COPY of all of them does not fit into this memory', async () => {
  expect(await partitionsAtOnce(session, COLUMNS)).toBeLessThan(DAYS / 10);
  const target = join(folder, 'all');
  const copy = session.run(`COPY ${rows()} TO '${target}' (FORMAT parquet, PARTITION_BY (_partition))`);
  await expect(copy).rejects.toMatchObject({ code: 'storage' });
});

test('known ones are written in groups', async () => {
  await expectAllWritten(await writePartitions(session, rows(), COLUMNS, days, folder));
});

test('those that only the query tells, too', async () => {
  await expectAllWritten(await writePartitions(session, rows(), COLUMNS, { atMost: DAYS }, folder));
});

test('rows without a partition have the name that DuckDB gives them, however they are written', async () => {
  for (const atMost of [1, DAYS]) {
    const few = `(SELECT * FROM ${rows('r < 5')} WHERE c0 IN ('v1', 'v2', 'v7', 'v9'))`;
    const written = await writePartitions(session, few, COLUMNS, { atMost }, folder);
    const counts = [...written].map(([name, files]) => [name, files[0]!.rows]);
    expect(Object.fromEntries(counts)).toEqual({ __HIVE_DEFAULT_PARTITION__: 2, '2020-01-04': 1, '2020-01-05': 1 });
  }
});
