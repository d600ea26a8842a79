import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workflowIds } from '../../core/workflow-ids.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { until } from '../workflows/until.ts';
import { type CompanySources, dateOfDay, openCompanySources } from './company.sources.ts';
import { Company, PIPELINE } from './company.ts';
import { essentials } from './essentials.ts';
import { figure } from './figures.ts';
import { at, MOMENTS } from './moments.ts';
import { resultOf } from './result-of.ts';
import { start, startRun } from './runs.ts';
import { endWorkers, strata, WorkerProcess } from './strata.process.ts';
import { expectReadable, expectRight, expectUnchanged, visible } from './visible.ts';

const DAYS = 2;

await describeWith(['temporal', 'postgres', 'mongodb'], 'cancelled in the middle', (addresses) => {
  let sources: CompanySources;
  let company: Company;

  beforeAll(async () => {
    sources = await openCompanySources(addresses, { rowsPerDay: 60 });
    await sources.live(DAYS);
    company = await Company.open({ ...essentials, sources, temporal: addresses.temporal });
    company.now = `${dateOfDay(DAYS + 1)}T02:00:00Z`;
    await WorkerProcess.start(company);
  }, 3 * MINUTES);

  afterAll(async () => {
    await endWorkers();
    await company?.close();
    await sources?.close();
  });

  const running = async (): Promise<string[]> => {
    const ids: string[] = [];
    const query = "ExecutionStatus = 'Running'";
    for await (const { workflowId } of company.client.workflow.list({ query })) ids.push(workflowId);
    return ids;
  };
  const nothingRuns = () => until(async () => (await running()).length === 0);
  const published = () => existsSync(join(company.folder, 'analytics.duckdb'));

  test('a backfill, while rows are read: its ranges are given back', { timeout: 3 * MINUTES }, async () => {
    const id = `backfill/dev/${PIPELINE}/[2026-11-01, 2026-11-03)/1`;
    await sources.client.query('BEGIN; LOCK TABLE transaction IN ACCESS EXCLUSIVE MODE');
    try {
      const input = { pipeline: PIPELINE, from: dateOfDay(1), to: dateOfDay(DAYS) };
      const handle = await start(company, 'backfill', id, input);
      await until(async () => (await running()).some((name) => name.includes('bronze.transaction/')));
      const { code, stdout } = await strata(company, ['backfill', 'cancel', id]);
      expect({ code, stdout }).toEqual({ code: 0, stdout: `${id}: asked to end\n` });
      await expect(resultOf(handle)).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
      await nothingRuns();
    } finally {
      await sources.client.query('COMMIT');
    }
    const lake = await company.lake();
    const commits = await lake.commits('bronze.transaction');
    // The cancelled claims took the ranges' epochs: whoever still reads under them cannot commit.
    expect(commits.length).toBeGreaterThan(0);
    expect(commits.flatMap(({ adds }) => adds)).toEqual([]);
    expect(commits.every(({ claim }) => Object.values(claim?.scopes ?? {})[0] === 1)).toBe(true);
    await expectReadable(company);
    expect(published()).toBe(false);
  });

  test('a run, while silver is written: nothing half-written is seen', { timeout: 3 * MINUTES }, async () => {
    const asked = at(MOMENTS.uploaded, company, () => handle.cancel());
    const handle = await startRun(company, 1, DAYS);
    await await asked;
    await expect(resultOf(handle)).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    // Convergence goes on for whoever else needs it, to the end of its batch.
    await nothingRuns();
    figure('tables readable after a run was cancelled', Object.keys(await expectReadable(company)).length);
    expect(published()).toBe(false);
  });

  test('converge itself, while it builds: who waits is told', { timeout: 3 * MINUTES }, async () => {
    await sources.live(DAYS + 1);
    const converge = company.client.workflow.getHandle(workflowIds.converge('dev', PIPELINE));
    const asked = at(MOMENTS.uploaded, company, () => converge.cancel());
    const handle = await startRun(company, 1, DAYS + 1);
    await await asked;
    await expect(resultOf(handle)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('Convergence was cancelled') },
    });
    await nothingRuns();
    await expectReadable(company);
    expect(published()).toBe(false);
  });

  test('and then a run goes through, and the oracle agrees', { timeout: 3 * MINUTES }, async () => {
    company.now = `${dateOfDay(DAYS + 2)}T02:00:00Z`;
    await endWorkers();
    await WorkerProcess.start(company);
    const { code, stderr } = await strata(company, [
      'run',
      PIPELINE,
      ...['--from', dateOfDay(1), '--to', dateOfDay(DAYS + 1)],
    ]);
    expect(code, stderr).toBe(0);
    await expectRight(company, 'after three cancellations');
  });

  test('a publication: readers keep the last cut, the next run publishes', { timeout: 3 * MINUTES }, async () => {
    await sources.live(DAYS + 2);
    company.now = `${dateOfDay(DAYS + 3)}T02:00:00Z`;
    await endWorkers();
    await WorkerProcess.start(company);
    const asked = at(MOMENTS.prepared, company, () => handle.cancel());
    const handle = await startRun(company, DAYS + 2);
    await await asked;
    const outcome = await resultOf(handle).catch((error: Error) => error);
    await nothingRuns();
    // The worker may hear of it too late, and what is published is published whole: readers see one cut or the other.
    const [{ cut } = { cut: null }] = await company.warehouse('SELECT cut FROM _strata.publication');
    expect(['1', '2']).toContain(cut);
    figure('cancelled while publishing', `${outcome instanceof Error ? 'cancelled' : 'done'}, readers see cut ${cut}`);
    await expectReadable(company);
    expect(await resultOf(await startRun(company, DAYS + 2))).toMatchObject({ pipeline: PIPELINE });
    await expectRight(company, 'after a publication was cancelled');
    const before = await visible(company);
    await resultOf(await startRun(company, DAYS + 2));
    const after = await visible(company);
    const same = Object.fromEntries(Object.keys(before.logs).map((name) => [name, after.logs[name]!]));
    expectUnchanged(before, { ...after, logs: same });
  });
});
