import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServices, startServices } from '../../services/start.services.ts';
import { oracleGold } from '../oracle/gold.oracle.ts';
import { oracleSilver } from '../oracle/silver.oracle.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { FREE_PORTS } from '../services/own.services.ts';
import { until } from '../workflows/until.ts';
import { type CompanySources, dateOfDay, openCompanySources } from './company.sources.ts';
import { Company, PIPELINE } from './company.ts';
import { essentials } from './essentials.ts';
import { figure } from './figures.ts';
import { resultOf } from './result-of.ts';
import { retrying, start } from './runs.ts';
import { endWorkers, strata, WorkerProcess } from './strata.process.ts';
import { expectReadable, expectRight } from './visible.ts';

const DAYS = 2;

// The databases are servers of this test's own, because they are killed.
await describeWith(['temporal', 'postgres', 'mongodb'], 'servers that are down', (addresses) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'strata-own-databases-'));
  let databases: RunningServices<'postgres' | 'mongodb'>;
  let sources: CompanySources;
  let company: Company;

  beforeAll(async () => {
    databases = await startServices({ want: ['postgres', 'mongodb'], dataDir, ports: FREE_PORTS, durable: false });
    sources = await openCompanySources(databases.addresses, { rowsPerDay: 60 });
    await sources.live(DAYS);
    await sources.generator.close();
    company = await Company.open({ ...essentials, sources, temporal: addresses.temporal });
    company.now = `${dateOfDay(DAYS + 1)}T02:00:00Z`;
    await WorkerProcess.start(company);
  }, 4 * MINUTES);

  afterAll(async () => {
    await endWorkers();
    await company?.close();
    await databases?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  /** Asked with connections of its own: those of the company ended with the servers. */
  async function oracle() {
    const { database } = sources.client;
    const url = new URL(databases.addresses.postgresUrl);
    url.pathname = `/${database}`;
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    const mongo = await new MongoClient(databases.addresses.mongodbUrl).connect();
    try {
      const db = mongo.db(sources.db.databaseName);
      return { ...(await oracleSilver(client, db)), ...(await oracleGold(client, db)) };
    } finally {
      await client.end();
      await mongo.close();
    }
  }

  const run = (from: number, to: number) =>
    strata(company, ['run', PIPELINE, '--from', dateOfDay(from), '--to', dateOfDay(to)]);

  test('PostgreSQL and MongoDB: each named, with how to start it; the run waits and completes when they are back', {
    timeout: 5 * MINUTES,
  }, async () => {
    // The stand-in for MongoDB writes to disk every tenth of a second.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await Promise.all([databases.handle('postgres')!.kill(), databases.handle('mongodb')!.kill()]);
    const running = run(1, DAYS);
    const said = await until(async () => {
      const all = Object.values(await retrying(company));
      const of = (system: string) => all.find((message) => message.startsWith(system));
      return of('PostgreSQL') && of('MongoDB') ? { postgres: of('PostgreSQL')!, mongo: of('MongoDB')! } : undefined;
    });
    for (const [message, address, source] of [
      [said.postgres, new URL(databases.addresses.postgresUrl).host, 'source oltp'],
      [said.mongo, new URL(databases.addresses.mongodbUrl).host, 'source app'],
    ] as const) {
      expect(message).toContain(address);
      expect(message).toContain(source);
      expect(message).toContain('strata dev');
    }
    expect(said.postgres).toMatch(/^PostgreSQL: connect ECONNREFUSED/);
    figure('databases that are down', said);
    await expectReadable(company);
    const id = `run/dev/${PIPELINE}/[${dateOfDay(1)}, ${dateOfDay(DAYS + 1)})`;
    const described = await strata(company, ['runs', 'describe', id]);
    expect(described.stdout).toMatch(/tried again \(attempt \d+\): bronze\.\w+.*: (PostgreSQL|MongoDB): /);
    await Promise.all([databases.handle('postgres')!.restart(), databases.handle('mongodb')!.restart()]);
    const { code, stderr } = await running;
    expect(code, stderr).toBe(0);
    // Whoever watches is told what the run waits for.
    expect(stderr).toMatch(/tried again \(attempt \d+\): bronze\.\w+.*: PostgreSQL: .*\n {2}at: source oltp/);
    expect(stderr).toMatch(/tried again \(attempt \d+\): bronze\.\w+.*: MongoDB: /);
    figure(
      'the watcher of the run sees',
      stderr.split('\n').filter((line) => line.includes('tried again')),
    );
    await expectRight(company, 'after both databases had been down', await oracle());
  });

  test('a table and a column that are not there: named, with those that are; no retry', {
    timeout: 3 * MINUTES,
  }, async () => {
    const url = new URL(databases.addresses.postgresUrl);
    url.pathname = `/${sources.client.database}`;
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.query('ALTER TABLE refund RENAME TO refunds; ALTER TABLE country RENAME COLUMN region TO continent');
    const { code, stderr } = await run(DAYS, DAYS);
    await client.query('ALTER TABLE refunds RENAME TO refund; ALTER TABLE country RENAME COLUMN continent TO region');
    await client.end();
    expect(code).toBe(1);
    expect(stderr).toMatch(/bronze\.refund: .*public\.refund/);
    expect(stderr).toContain('public.refunds');
    expect(stderr).toMatch(/bronze\.country: .*region/);
    expect(stderr).toContain('continent text');
    figure('a table and a column that are not there', stderr.split('\n').slice(-9));
    const again = await run(DAYS, DAYS);
    expect(again.code, again.stderr).toBe(0);
  });

  test('wrong settings of a worker: each named with what is valid', { timeout: 2 * MINUTES }, async () => {
    const wrong = {
      STRATA_SOURCE_OLTP: 'mysql://127.0.0.1/x',
      STRATA_WAREHOUSE_ANALYTICS: '/analytics.duckdb',
      STRATA_TEMPORAL_ADDRESS: 'nowhere',
      STRATA_DUCKDB_MEMORY: 'plenty',
      STRATA_NOW: 'tomorrow',
    };
    const { code, stderr } = await strata(company, ['worker'], wrong);
    expect(code).toBe(2);
    for (const name of Object.keys(wrong)) expect(stderr).toMatch(new RegExp(`${name} .*valid: `));
    expect(stderr).not.toContain('    at ');
    figure('wrong settings', stderr.split('\n'));
  });

  test('a setting that only a run misses fails it at once, by name', { timeout: 3 * MINUTES }, async () => {
    await endWorkers();
    await WorkerProcess.start(company, { more: { STRATA_SOURCE_APP: '', STRATA_WAREHOUSE_ANALYTICS: '' } });
    const { code, stderr } = await run(DAYS, DAYS);
    expect(code).toBe(1);
    expect(stderr).toContain('STRATA_SOURCE_APP');
    expect(stderr).toContain('mongodb://');
    figure('a setting that is missing', stderr.split('\n').slice(-6));
  });

  test.each([
    ['an unknown pipeline', 'daily_oltp_to_olpa', { from: dateOfDay(1) }, 'Did you mean daily_oltp_to_olap?'],
    ['an unknown field', PIPELINE, { form: dateOfDay(1) }, 'form'],
    ['an unknown parameter', PIPELINE, { from: dateOfDay(1), params: { speed: 3 } }, 'no parameter speed'],
    ['a reversed range', PIPELINE, { from: dateOfDay(2), to: dateOfDay(1) }, 'reversed'],
    ['a malformed date', PIPELINE, { from: '11/01/2026' }, 'Write a UTC date like 2026-11-01'],
    ['the future', PIPELINE, { from: '2027-01-01' }, 'lies in the future'],
    ['a backfill of nothing', 'backfill', { from: dateOfDay(1), to: dateOfDay(2) }, 'pipeline'],
  ])('from the Temporal UI: %s is refused at once', { timeout: MINUTES }, async (_, type, input, words) => {
    const handle = await start(company, type, `bad: ${words}`, input);
    await expect(resultOf(handle)).rejects.toMatchObject({
      cause: { type: 'bad_input', message: expect.stringContaining(words) },
    });
  });
});
