import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { Shop } from '../workflows/shop.fixture.ts';
import { type Ended, type Place, type RunningStrata, SHOP_PROJECT, startStrata, strata } from './strata-process.ts';
import { canHaveTerminal, onTerminal } from './terminal.ts';

const PIPELINE = 'shop_daily';
/** The shop's clock: the fifth of January has just ended. */
const NOW = '2026-01-06T02:00:00Z';

// Each command is a process of its own, and two cores run servers and a worker beside it.
vi.setConfig({ testTimeout: 4 * MINUTES });

await describeWith(['temporal', 'postgres'], 'a pipeline by the strata command', (addresses) => {
  let shop: Shop;
  let worker: RunningStrata;
  let place: Place;

  const cli = (...args: string[]): Promise<Ended> => strata(place, ...args);
  async function json<T>(...args: string[]): Promise<T> {
    const { code, stdout, stderr } = await cli(...args, '--json');
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout) as T;
  }

  beforeAll(async () => {
    shop = await Shop.open(addresses);
    place = { cwd: shop.folder, variables: { ...shop.variables, STRATA_PROJECT: SHOP_PROJECT, STRATA_NOW: NOW } };
    await shop.setRate('USD', '2026-01-01', '0.5', '2026-01-01T00:00:01Z');
    for (const day of [1, 2, 3, 4, 5]) {
      const at = `2026-01-0${day}T08:00:00Z`;
      await shop.sell({ id: `${day}a`, amount: `${day}.10`, soldAt: at });
      await shop.sell({ id: `${day}b`, amount: `${day}.33`, currency: 'USD', soldAt: at });
    }
    worker = startStrata(place, 'worker');
    await worker.printed('serving');
  });

  afterAll(async () => {
    const { code } = (await worker?.signal('SIGTERM')) ?? {};
    await shop?.close();
    expect(code).toBe(0);
  });

  const sums = () =>
    json(
      'query',
      'select sale_date::varchar as day, sales::int as sales, amount_eur::varchar as eur from daily_sales order by 1',
    );

  test('a dry run says what it would do and why, and does nothing', async () => {
    const dry = ['backfill', 'create', PIPELINE, '--from-date', '2026-01-01', '--to-date', '2026-01-03', '--dry-run'];
    const plan = await json<{ interval: string; ingests: unknown[]; builds: unknown[] }>(...dry);
    expect(plan.interval).toBe('[2026-01-01, 2026-01-04)');
    expect(plan.ingests).toContainEqual({
      dataset: 'bronze.sale',
      intervals: 3,
      which: '2026-01-01..2026-01-03',
      due: true,
      why: 'nobody has looked yet',
    });
    expect(await json('runs', 'ls')).toEqual([]);
    expect((await cli(...dry)).stdout).toContain('2026-01-01..2026-01-03  nobody has looked yet');
  });

  test('a backfill loads the range; a second one finds it covered', async () => {
    const create = ['backfill', 'create', PIPELINE, '--from-date', '2026-01-01', '--to-date', '2026-01-03'];
    const done = await json<{ workflowId: string; cut: number }>(...create, '--yes');
    expect(done).toMatchObject({ status: 'completed', interval: '[2026-01-01, 2026-01-04)', cut: 1 });
    expect(await sums()).toEqual((await shop.expected()).slice(0, 3));
    const plan = await json<{ ingests: { dataset: string; due: boolean; why: string }[] }>(...create, '--dry-run');
    expect(plan.ingests).toContainEqual(
      expect.objectContaining({ dataset: 'bronze.sale', due: false, why: 'covered' }),
    );
    const listed = await json<{ workflowId: string }[]>('backfill', 'ls');
    expect(listed.map(({ workflowId }) => workflowId)).toContain(done.workflowId);
    const described = await cli('backfill', 'describe', done.workflowId);
    expect(described.stdout).toContain('completed');
    expect(described.stdout).toContain('bronze.sale');
  });

  test('a run prints the interval it resolved, its progress and a table', async () => {
    const { code, stdout, stderr } = await cli('run', PIPELINE, '--from', '2026-01-04');
    expect({ code }).toEqual({ code: 0 });
    expect(stderr).toContain(`${PIPELINE} [2026-01-04, 2026-01-05) in dev`);
    expect(stderr).toMatch(/ingesting|converging|done/);
    expect(stdout).toMatch(/dataset +state +rows in/);
    expect(stdout).toMatch(/published cut \d+/);
  });

  test('without dates it is the last complete interval', async () => {
    const report = await json<{ interval: string; datasets: object[] }>('run', PIPELINE);
    expect(report.interval).toBe('[2026-01-05, 2026-01-06)');
    expect(await sums()).toEqual(await shop.expected());
  });

  test('runs are listed and described', async () => {
    const id = `run/dev/${PIPELINE}/[2026-01-05, 2026-01-06)`;
    await expect
      .poll(() => json('runs', 'ls', '--pipeline', PIPELINE), { timeout: 90_000, interval: 1000 })
      .toContainEqual(
        expect.objectContaining({ workflowId: id, status: 'completed', from: '2026-01-05', to: '2026-01-06' }),
      );
    const run = await json('runs', 'describe', id);
    expect(run).toMatchObject({ kind: 'run', status: 'completed', failure: null, result: { pipeline: PIPELINE } });
    const { code, stderr } = await cli('runs', 'describe', 'run/dev/nothing');
    expect({ code }).toEqual({ code: 2 });
    expect(stderr).toContain('There is no run run/dev/nothing');
  });

  test('query prints tables, CSV and JSON, and refuses wrong SQL', async () => {
    const sql = 'select count(*) as days from daily_sales';
    expect((await cli('query', sql)).stdout).toMatch(/days\n-+\n +5\n/);
    expect((await cli('query', sql, '--format', 'csv')).stdout).toBe('days\n5\n');
    expect(await json('query', sql)).toEqual([{ days: 5 }]);
    const wrong = await cli('query', 'select nothing from daily_sales');
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toContain('nothing');
  });

  interface Status {
    failuresKnown: boolean;
    datasets: {
      dataset: string;
      counts: Record<string, number>;
      partitions?: { partition: string; status: string }[];
    }[];
  }
  const countsOf = ({ datasets }: Status, name: string) => datasets.find(({ dataset }) => dataset === name)?.counts;

  test('status: all is fresh; days that nobody looked at are missing; it works without Temporal', async () => {
    const fresh = await json<Status>('status');
    expect(fresh.failuresKnown).toBe(true);
    expect(countsOf(fresh, 'gold.daily_sales')).toMatchObject({ fresh: 5, missing: 0, 'data-stale': 0, failed: 0 });
    const later = {
      ...place,
      variables: { ...place.variables, STRATA_NOW: '2026-01-08', STRATA_TEMPORAL_ADDRESS: '127.0.0.1:1' },
    };
    const { code, stdout, stderr } = await strata(later, 'status', '--dataset', 'bronze.sale', '--json');
    expect(code).toBe(0);
    expect(stderr).toContain('whether something failed is unknown');
    const { failuresKnown, datasets } = JSON.parse(stdout) as Status;
    expect(failuresKnown).toBe(false);
    expect(datasets[0]?.partitions?.slice(-3).map(({ partition, status }) => `${partition} ${status}`)).toEqual([
      '2026-01-05 fresh',
      '2026-01-06 missing',
      '2026-01-07 missing',
    ]);
  });

  test('a schedule is applied once, paused, resumed, and triggered over the right interval', async () => {
    const first = await json<{ change: string }[]>('schedule', 'apply', '--dry-run');
    expect(first).toEqual([expect.objectContaining({ id: `schedule/dev/${PIPELINE}`, change: 'create' })]);
    expect((await cli('schedule', 'apply')).stdout).toContain('create');
    expect((await cli('schedule', 'apply')).stdout).toContain('as in the code');
    await cli('schedule', 'pause', PIPELINE);
    expect(await json('schedule', 'ls')).toEqual([
      expect.objectContaining({ name: PIPELINE, paused: true, next: null }),
    ]);
    await cli('schedule', 'resume', PIPELINE);
    expect(await json('schedule', 'ls')).toEqual([expect.objectContaining({ paused: false })]);
    const { stdout } = await cli('schedule', 'trigger', PIPELINE);
    expect(stdout).toContain('triggered over [2026-01-05, 2026-01-06)');
    const scheduled = expect.stringContaining(`run/dev/${PIPELINE}/scheduled-`);
    await expect
      .poll(() => json('runs', 'ls'), { timeout: 180_000, interval: 1000 })
      .toContainEqual(
        expect.objectContaining({ workflowId: scheduled, status: 'completed', from: '2026-01-05', to: '2026-01-06' }),
      );
  });

  test('a schedule changed by hand is shown, and made as in the code again', async () => {
    const handle = shop.client.schedule.getHandle(`schedule/dev/${PIPELINE}`);
    await handle.update(({ spec, ...rest }) => ({ ...rest, spec: { ...spec, calendars: [{ hour: 7 }] } }) as never);
    const { stdout } = await cli('schedule', 'apply');
    expect(stdout).toMatch(/~ schedule\/dev\/shop_daily {2}update\n {4}cron: 0 7 \* \* \* -> \d+ \d+ \* \* \*/);
    expect((await cli('schedule', 'apply')).stdout).toContain('as in the code');
  });

  test('a run that fails says why, exits with 1, and status knows', async () => {
    await shop.db.query('ALTER TABLE sale RENAME TO sale_gone');
    try {
      const { code, stdout, stderr } = await cli('run', PIPELINE, '--from', '2026-01-06');
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain('failed: Ingest failed');
      expect(stderr).toContain('bronze.sale');
      const now = { ...place, variables: { ...place.variables, STRATA_NOW: '2026-01-07' } };
      await expect
        .poll(async () => countsOf(JSON.parse((await strata(now, 'status', '--json')).stdout), 'bronze.sale'), {
          timeout: 90_000,
          interval: 1000,
        })
        .toMatchObject({ fresh: 5, failed: 1, missing: 0 });
    } finally {
      await shop.db.query('ALTER TABLE sale_gone RENAME TO sale');
    }
  });

  test('a build that fails is failed in status, until a run makes it', async () => {
    const tomorrow = { ...place, variables: { ...place.variables, STRATA_NOW: '2026-01-07T02:00:00Z' } };
    const run = () => strata(tomorrow, 'run', PIPELINE, '--from', '2026-01-06');
    const sales = async () => countsOf(JSON.parse((await strata(tomorrow, 'status', '--json')).stdout), 'silver.sale');
    await shop.setRate('USD', '2026-01-06', '9000000000', '2026-01-06T07:00:00Z');
    await shop.sell({ id: '6a', amount: '50000.00', currency: 'USD', soldAt: '2026-01-06T08:00:00Z' });
    const { code, stderr } = await run();
    expect(code).toBe(1);
    expect(stderr).toContain('silver.sale');
    const before = await sales();
    expect(before).toMatchObject({ failed: 1 });
    await shop.setRate('USD', '2026-01-06', '0.5', '2026-01-06T09:00:00Z');
    const again = await run();
    expect(again.code, again.stderr).toBe(0);
    expect(await sales()).toMatchObject({ fresh: before!.fresh! + 1, failed: 0 });
  });

  test('Ctrl-C leaves the run alone; without a worker the command says so', async () => {
    await worker.signal('SIGTERM');
    const watching = startStrata(place, 'run', PIPELINE, '--from', '2026-01-03');
    await watching.printed('[2026-01-03, 2026-01-04)');
    await expect
      .poll(() => json('runs', 'ls', '--status', 'running'), { timeout: 90_000, interval: 500 })
      .toHaveLength(1);
    const { code, stdout, stderr } = await watching.signal('SIGINT');
    const id = `run/dev/${PIPELINE}/[2026-01-03, 2026-01-04)`;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toContain(`${id} goes on; to stop it: npx strata runs cancel '${id}'`);
    expect((await cli('runs', 'cancel', id)).code).toBe(0);
    worker = startStrata(place, 'worker');
    await worker.printed('serving');
    await expect
      .poll(() => json('runs', 'ls'), { timeout: 180_000, interval: 1000 })
      .toContainEqual(expect.objectContaining({ workflowId: id, status: 'cancelled' }));
  });

  test('a backfill is paused, resumed and cancelled', async () => {
    // An ingest that waits keeps it from ending before it is told.
    await shop.db.query('BEGIN; LOCK TABLE sale IN ACCESS EXCLUSIVE MODE');
    const { workflowId: id } = await json<{ workflowId: string }>(
      ...['backfill', 'create', PIPELINE, '--from-date', '2026-01-01', '--to-date', '2026-01-05'],
      ...['--reprocess', 'completed', '--max-active-runs', '1', '--run-backwards', '--yes', '--no-watch'],
    );
    try {
      await json('backfill', 'pause', id);
      await expect
        .poll(() => json<{ progress: { paused: boolean } }>('backfill', 'describe', id), {
          timeout: 90_000,
          interval: 500,
        })
        .toMatchObject({ status: 'running', progress: { paused: true } });
      await json('backfill', 'resume', id);
      await json('backfill', 'cancel', id);
    } finally {
      await shop.db.query('COMMIT');
    }
    await expect
      .poll(() => json('backfill', 'describe', id), { timeout: 180_000, interval: 1000 })
      .toMatchObject({ status: 'cancelled' });
    const again = await cli('backfill', 'retry-failed', id);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('--reprocess failed');
  });

  const title = 'on a terminal it asks: no does nothing, yes does it and shows a bar';
  const why = canHaveTerminal ? '' : ' (skipped: no Python with a pty module)';
  test.skipIf(!canHaveTerminal)(`${title}${why}`, async () => {
    const create = ['backfill', 'create', PIPELINE, '--from-date', '2026-01-01', '--to-date', '2026-01-02'];
    const before = await json('backfill', 'ls');
    const no = await onTerminal(place, 'n', ...create, '--reprocess', 'completed');
    expect(no.code, no.screen).toBe(130);
    expect(no.screen).toContain('bronze.sale');
    expect(await json('backfill', 'ls')).toEqual(before);
    const yes = await onTerminal(place, 'y', ...create, '--reprocess', 'completed');
    expect(yes.code, yes.screen).toBe(0);
    expect(yes.screen).toMatch(/[█░]{30} \d+\/\d+/);
    expect(await json('backfill', 'ls')).not.toEqual(before);
  });
});
