import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningWorker } from '../../workers/worker.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { Shop } from './shop.fixture.ts';

const TIMES = 20;

await describeWith(['temporal', 'postgres'], 'a backfill that is cancelled as soon as it has begun', (addresses) => {
  let shop: Shop;
  let worker: RunningWorker;

  beforeAll(async () => {
    shop = await Shop.open(addresses);
    worker = await shop.startWorker();
  });

  afterAll(async () => {
    worker?.stop();
    await worker?.finished;
    await shop?.close();
  });

  // Its children are started one after the other; the cancellation meets some of them between initiated and started.
  test('ends, at whatever moment it is told', { timeout: 2 * MINUTES }, async () => {
    const input = {
      pipeline: 'shop_daily',
      from: '2026-01-01',
      to: '2026-03-31',
      reprocess: 'completed',
      maxActive: 16,
    };
    const ends = Array.from({ length: TIMES }, async (_, n) => {
      const handle = await shop.start(input, `cancelled ${n}`, 'backfill');
      while (((await handle.describe()).raw.pendingChildren ?? []).length === 0) await sleep(1);
      await handle.cancel();
      const late = sleep(60_000, 'still runs', { ref: false });
      const result = handle.result().then(
        () => 'done',
        (error: WorkflowFailedError) => (error.cause instanceof CancelledFailure ? 'cancelled' : error.cause?.message),
      );
      return Promise.race([result, late]);
    });
    expect([...new Set(await Promise.all(ends))]).toEqual(['cancelled']);
  });
});
