import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Lake } from '../../activities/lake-tables.ts';
import { workflowIds } from '../../core/workflow-ids.ts';
import { openStore } from '../../lake/open-store.ts';
import { startServices } from '../../services/start.services.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { publishedDays } from './published.ts';
import { Shop } from './shop.fixture.ts';
import { until } from './until.ts';
import { endWorker, spawnWorker } from './worker-process.ts';

const DAY = { start: '2026-01-05T00:00:00.000000Z', end: '2026-01-06T00:00:00.000000Z' };

await describeWith(['temporal', 'postgres'], 'a worker that dies or sleeps', (addresses) => {
  let shop: Shop;
  const workers: ChildProcess[] = [];

  beforeAll(async () => {
    shop = await Shop.open(addresses);
    await shop.setRate('USD', '2026-01-01', '0.5', '2026-01-01T00:00:01Z');
    await shop.sell({ id: 'a', amount: '10.00', soldAt: '2026-01-05T10:00:00Z' });
  });

  afterEach(async () => {
    for (const worker of workers.splice(0)) await endWorker(worker, 'SIGKILL');
  });

  afterAll(() => shop?.close());

  async function work(): Promise<ChildProcess> {
    const worker = await spawnWorker(shop);
    workers.push(worker);
    return worker;
  }

  /** The attempt at extracting the day's sales that runs now. */
  async function attempt(): Promise<number> {
    const handle = shop.client.workflow.getHandle(workflowIds.ingest('dev', 'bronze.sale', DAY));
    const { raw } = await handle.describe();
    const started = raw.pendingActivities?.find((a) => a.activityType?.name === 'ingest' && a.lastStartedTime);
    return started?.attempt ?? 0;
  }

  const lock = () => shop.db.query('BEGIN; LOCK TABLE sale IN ACCESS EXCLUSIVE MODE');
  const unlock = () => shop.db.query('COMMIT');

  test('killed in the middle of an extraction and started again: the run goes on and the sums are right', {
    timeout: 3 * MINUTES,
  }, async () => {
    await lock();
    const first = await work();
    const running = await shop.start({ from: '2026-01-05' }, 'killed');
    await until(async () => (await attempt()) === 1);
    await endWorker(first, 'SIGKILL');
    await unlock();
    await work();
    expect(await running.result()).toMatchObject({ cut: 1 });
    expect(await publishedDays(shop)).toEqual(await shop.expected());
  });

  test('asleep past its heartbeat, another takes over; awake again, it changes nothing', {
    timeout: 3 * MINUTES,
  }, async () => {
    await shop.sell({ id: 'b', amount: '2.00', soldAt: '2026-01-05T11:00:00Z' });
    await lock();
    const sleeper = await work();
    const running = await shop.start({ from: '2026-01-05' }, 'slept');
    await until(async () => (await attempt()) === 1);
    sleeper.kill('SIGSTOP');
    await work();
    await until(async () => (await attempt()) === 2);
    await unlock();
    expect(await running.result()).toMatchObject({ cut: 2 });
    const after = await versions();
    sleeper.kill('SIGCONT');
    await endWorker(sleeper, 'SIGTERM');
    expect(await versions()).toEqual(after);
    expect(await publishedDays(shop)).toEqual(await shop.expected());
  });

  async function versions(): Promise<number[]> {
    const lake = new Lake(await openStore(shop.settings.lake.uri), 'dev');
    const names = ['bronze.sale', 'bronze.rate', 'silver.sale', 'silver.rate', 'gold.daily_sales'];
    return Promise.all(names.map(async (name) => (await lake.table(name).load()).version));
  }
});

await describeWith(['postgres'], 'a Temporal server that dies', ({ postgresUrl }) => {
  test('started again with its data, it lets the run go on', { timeout: 3 * MINUTES }, async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'strata-temporal-'));
    const ports = { temporal: 0, temporalUi: 0 };
    const services = await startServices({ want: ['temporal'], dataDir, ports });
    const shop = await Shop.open({ ...services.addresses, postgresUrl });
    const worker = await spawnWorker(shop);
    try {
      await shop.sell({ id: 'a', amount: '10.00', soldAt: '2026-01-05T10:00:00Z' });
      await shop.db.query('BEGIN; LOCK TABLE sale IN ACCESS EXCLUSIVE MODE');
      const running = await shop.start({ from: '2026-01-05' }, 'outlives');
      const ingest = shop.client.workflow.getHandle(workflowIds.ingest('dev', 'bronze.sale', DAY));
      await until(async () => (await ingest.describe()).raw.pendingActivities?.some((a) => a.lastStartedTime));
      await services.handle('temporal')!.kill();
      await shop.db.query('COMMIT');
      await services.handle('temporal')!.restart();
      expect(await until(() => running.result() as Promise<object>)).toMatchObject({ cut: 1 });
      expect(await publishedDays(shop)).toEqual(await shop.expected());
    } finally {
      await endWorker(worker, 'SIGKILL');
      await shop.close();
      await services.stop();
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});
