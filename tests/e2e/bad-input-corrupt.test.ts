import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fullRun } from '../full-run.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { type CompanySources, dateOfDay, openCompanySources } from './company.sources.ts';
import { Company, PIPELINE } from './company.ts';
import { essentials } from './essentials.ts';
import { figure } from './figures.ts';
import { type CliEnd, endWorkers, strata, WorkerProcess } from './strata.process.ts';
import { expectRight } from './visible.ts';

await describeWith(['temporal', 'postgres', 'mongodb'], 'a damaged lake', (addresses) => {
  let sources: CompanySources;
  let company: Company;
  let worker: WorkerProcess;
  let day = 2;

  beforeAll(async () => {
    sources = await openCompanySources(addresses, { rowsPerDay: 60 });
    await sources.live(day);
    company = await Company.open({ ...essentials, sources, temporal: addresses.temporal });
    company.now = `${dateOfDay(9)}T02:00:00Z`;
    worker = await WorkerProcess.start(company);
    await succeed(1, day);
  }, 4 * MINUTES);

  afterAll(async () => {
    await endWorkers();
    await company?.close();
    await sources?.close();
  });

  const run = (from: number, to = from): Promise<CliEnd> =>
    strata(company, ['run', PIPELINE, '--from', dateOfDay(from), '--to', dateOfDay(to)]);

  async function succeed(from: number, to = from): Promise<void> {
    const { code, stderr } = await run(from, to);
    expect(code, stderr).toBe(0);
  }

  /** Path of a file of a table's partition. */
  async function fileOf(table: string, partition: string): Promise<string> {
    const lake = await company.lake();
    const found = (await lake.files(table)).find((file) => file.partition === partition);
    return join(lake.folderOf(table), found!.path);
  }

  const cut = (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length / 2));
  const scribbled = (bytes: Buffer) => Buffer.from(bytes).fill(0xff, 60, bytes.length - 400);

  const cases: readonly [string, string, (today: number) => string, ((bytes: Buffer) => Buffer) | undefined][] = [
    ['overwritten in the middle', 'silver.payment', () => dateOfDay(1), scribbled],
    ['cut off', 'bronze.transaction', (today) => dateOfDay(today - 1), cut],
    ['cut off', 'silver.customer', () => 'all', cut],
    ['gone', 'silver.exchange_rate', () => 'all', undefined],
  ];

  test.each(fullRun ? cases : cases.slice(0, 2))(
    'a Parquet file %s in %s: the run names it, readers of the rest go on, restored it goes through',
    { timeout: 3 * MINUTES },
    async (how, table, partition, damage) => {
      day += 1;
      await sources.live(day);
      const file = await fileOf(table, partition(day));
      const good = readFileSync(file);
      const digest = await company.warehouseDigest();
      if (damage) writeFileSync(file, damage(good));
      else rmSync(file);
      const { code, stderr } = await run(day);
      expect(code, stderr).toBe(1);
      // Of whoever reads it first.
      expect(stderr).toMatch(/failed: [a-z]+\.\w+: /);
      expect(stderr).toContain(`  at: ${file}`);
      expect(stderr).toMatch(/ {2}do: .*(rebuild its partition|vacuumed away)/);
      figure(
        `a file of ${table} ${how} says`,
        stderr
          .split('\n')
          .filter((line) => line.includes(file))[0]
          ?.slice(0, 400),
      );
      expect(await company.warehouseDigest()).toBe(digest);
      const lake = await company.lake();
      for (const other of (await lake.tables()).filter((name) => name !== table)) await lake.rows(other);
      const query = await strata(company, ['query', 'SELECT count(*) AS n FROM fact_payment', '--json']);
      expect(query.code, query.stderr).toBe(0);
      writeFileSync(file, good);
      await succeed(day);
      await expectRight(company, `after a file of ${table} was ${how}, and restored`);
    },
  );

  test('a log line: file and line are named, other tables are read, restored it goes through', {
    timeout: 3 * MINUTES,
  }, async () => {
    day += 1;
    await sources.live(day);
    const lake = await company.lake();
    const file = join(lake.folderOf('silver.refund'), '_delta_log', `${'0'.repeat(19)}0.json`);
    const good = readFileSync(file, 'utf8');
    writeFileSync(file, good.replace('{"commitInfo"', '{commitInfo'));
    const status = await strata(company, ['status']);
    expect(status.code).toBe(1);
    expect(status.stderr).toContain(`${file}:1`);
    figure('a damaged log says', status.stderr.split('\n'));
    // A worker that has read the log already does not read it again.
    await worker.end('SIGTERM');
    worker = await WorkerProcess.start(company);
    const { code, stderr } = await run(day);
    expect(code).toBe(1);
    expect(stderr).toContain(`${file}:1`);
    for (const other of (await lake.tables()).filter((name) => name !== 'silver.refund')) await lake.rows(other);
    const query = await strata(company, ['query', 'SELECT count(*) AS n FROM fact_payment', '--json']);
    expect(query.code, query.stderr).toBe(0);
    writeFileSync(file, good);
    await succeed(day);
    await expectRight(company, 'after a log was damaged, and restored');
  });

  test('the warehouse file: named, left alone, and made anew once it is moved away', {
    timeout: 3 * MINUTES,
  }, async () => {
    const file = join(company.folder, 'analytics.duckdb');
    const good = readFileSync(file);
    rmSync(file);
    writeFileSync(file, Buffer.from(good).fill(0xff, 0, 8192));
    const bad = await company.warehouseDigest();
    const query = await strata(company, ['query', 'SELECT count(*) AS n FROM fact_payment']);
    expect(query.code).toBe(1);
    expect(query.stderr).toContain(file);
    figure('a damaged warehouse says', query.stderr.split('\n'));
    day += 1;
    await sources.live(day);
    const { code, stderr } = await run(day);
    expect(code).toBe(1);
    expect(stderr).toContain(file);
    expect(await company.warehouseDigest()).toBe(bad);
    // As the hint says: without the file, everything is published again from the lake.
    rmSync(file);
    await succeed(day);
    await expectRight(company, 'after the damaged warehouse file was moved away');
  });
});
