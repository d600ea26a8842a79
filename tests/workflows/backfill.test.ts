import type { WorkflowFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workflowIds } from '../../core/workflow-ids.ts';
import type { RunningWorker } from '../../workers/worker.ts';
import type { WorkflowProgress } from '../../workflows/messages.ts';
import { describeWith } from '../servers.ts';
import { failureOf } from './failure-of.ts';
import { publishedDays } from './published.ts';
import { PIPELINE, Shop } from './shop.fixture.ts';
import { until } from './until.ts';

const RANGE = { pipeline: PIPELINE, from: '2026-01-01', to: '2026-01-12' };

await describeWith(['temporal', 'postgres'], 'a backfill', (addresses) => {
  let shop: Shop;
  let worker: RunningWorker;

  beforeAll(async () => {
    // Twelve days need three batches, each with a cut of its own; the last one releases the backfill.
    shop = await Shop.open(addresses, { STRATA_BATCH_PARTITIONS: '5' });
    await shop.setRate('USD', '2026-01-01', '0.5', '2026-01-01T00:00:01Z');
    for (let day = 1; day <= 12; day += 1) {
      const date = `2026-01-${String(day).padStart(2, '0')}`;
      await shop.sell(
        { id: `${day}a`, amount: `${day}.10`, soldAt: `${date}T08:00:00Z` },
        { id: `${day}b`, amount: `${day}.33`, currency: 'USD', soldAt: `${date}T23:59:00Z` },
      );
    }
    worker = await shop.startWorker();
  });

  afterAll(async () => {
    worker?.stop();
    await worker?.finished;
    await shop?.close();
  });

  const start = (input: unknown, id: string) => shop.start(input, id, 'backfill');
  const progressOf = (id: string) => shop.client.workflow.getHandle(id).query<WorkflowProgress>('progress');

  test('stops at a pause, goes on when told, and loads every day', async () => {
    const handle = await start({ ...RANGE, maxActive: 2 }, 'whole');
    await handle.signal('pause');
    const paused = await until(async () => {
      const progress = await progressOf('whole');
      return progress.paused ? progress : undefined;
    });
    expect(paused.done).toBeLessThan(24);
    await handle.signal('resume');
    const summary = await handle.result();
    expect(summary).toMatchObject({
      pipeline: PIPELINE,
      interval: '[2026-01-01, 2026-01-13)',
      ingests: 4,
      skipped: 0,
      cut: 3,
    });
    expect(await publishedDays(shop)).toEqual(await shop.expected());
    const progress = await progressOf('whole');
    expect(progress).toMatchObject({ state: 'done', done: 26, total: 26, failures: [] });
  });

  test('of the same range again leaves out what was looked at', async () => {
    const summary = await (await start(RANGE, 'again')).result();
    expect(summary).toMatchObject({ ingests: 0, skipped: 24, cut: 3 });
  });

  test('reprocess completed builds every day anew; what comes out the same is not published again', async () => {
    const { ledger } = await worker.platform.lake.table('gold.daily_sales').load();
    const summary = await (await start({ ...RANGE, reprocess: 'completed' }, 'completed')).result();
    expect(summary).toMatchObject({ ingests: 4, skipped: 0, published: { rows: 0 } });
    const after = (await worker.platform.lake.table('gold.daily_sales').load()).ledger;
    expect(after.partitions.size).toBe(12);
    for (const [name, partition] of after.partitions) {
      const before = ledger.partitions.get(name)!;
      expect(partition.contentVersion).toBe(before.contentVersion);
      expect(partition.builtVersion).toBeGreaterThan(before.builtVersion);
    }
  });

  test('cancelled, it leaves nothing running and nothing half done', async () => {
    await shop.db.query('BEGIN; LOCK TABLE sale IN ACCESS EXCLUSIVE MODE');
    const handle = await start({ ...RANGE, reprocess: 'completed' }, 'given up');
    const ingest = workflowIds.ingest('dev', 'bronze.sale', {
      start: '2026-01-01T00:00:00.000000Z',
      end: '2026-01-08T00:00:00.000000Z',
    });
    await until(async () => (await shop.client.workflow.getHandle(ingest).describe()).status.name === 'RUNNING');
    await handle.cancel();
    const error = await handle.result().catch((reason) => reason);
    await shop.db.query('COMMIT');
    expect((error as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
    const running = shop.client.workflow.list({ query: "ExecutionStatus = 'Running'" });
    await until(async () => {
      for await (const _ of running) return false;
      return true;
    });
  });

  test('publishes what it could, names the ingests that failed, and does them when asked again', async () => {
    await shop.sell({
      id: 'late',
      amount: '100.00',
      soldAt: '2026-01-10T10:00:00Z',
      updatedAt: '2026-01-12T10:00:00Z',
    });
    await shop.db.query('ALTER TABLE rate RENAME TO rates');
    const failure = await failureOf((await start({ ...RANGE, reprocess: 'completed' }, 'half')).result());
    expect(failure.message).toContain('published without the ingests that failed');
    expect(failure.message).toContain('bronze.rate: [2026-01-01, 2026-01-08)');
    expect(await publishedDays(shop)).not.toEqual([]);
    await shop.db.query('ALTER TABLE rates RENAME TO rate');
    await (await start({ ...RANGE, reprocess: 'completed' }, 'whole again')).result();
    expect(await publishedDays(shop)).toEqual(await shop.expected());
  });

  test('tries failed ingests again when told while it runs, and says how many', async () => {
    await shop.db.query('ALTER TABLE rate RENAME TO rates');
    // An ingest that waits keeps it in the window while it is told.
    await shop.db.query('BEGIN; LOCK TABLE sale IN ACCESS EXCLUSIVE MODE');
    const handle = await start({ ...RANGE, to: '2026-01-01', reprocess: 'completed' }, 'told');
    try {
      await until(async () => ((await progressOf('told')).failures.length > 0 ? true : undefined));
      await shop.db.query('ALTER TABLE rates RENAME TO rate');
      expect(await handle.executeUpdate('retryFailed')).toBeGreaterThan(0);
      expect(await handle.executeUpdate('retryFailed')).toBe(0);
    } finally {
      await shop.db.query('COMMIT');
    }
    expect(await handle.result()).toMatchObject({ ingests: 2 });
    await expect(handle.executeUpdate('retryFailed')).rejects.toThrow();
    const first = <T extends { day: string }>(days: readonly T[]) => days.filter(({ day }) => day <= '2026-01-01');
    expect(first(await publishedDays(shop))).toEqual(first(await shop.expected()));
  });

  test('refuses wrong input at once', async () => {
    const reversed = await failureOf((await start({ ...RANGE, from: '2026-01-13' }, 'reversed')).result());
    expect(reversed.message).toContain('The range is reversed');
    const mode = await failureOf((await start({ ...RANGE, reprocess: 'some' }, 'mode')).result());
    expect(mode.message).toContain('reprocess');
  });
});
