import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningWorker } from '../../workers/worker.ts';
import { describeWith } from '../servers.ts';
import { publishedDays } from './published.ts';
import { PIPELINE, Shop } from './shop.fixture.ts';

await describeWith(['temporal', 'postgres'], 'a run', (addresses) => {
  let shop: Shop;
  let worker: RunningWorker;

  beforeAll(async () => {
    shop = await Shop.open(addresses);
    await shop.setRate('USD', '2026-01-01', '0.5', '2026-01-01T00:00:01Z');
    await shop.sell(
      { id: 'a', amount: '10.00', soldAt: '2026-01-05T10:00:00Z' },
      { id: 'b', amount: '3.01', currency: 'USD', soldAt: '2026-01-05T11:00:00Z' },
      { id: 'c', amount: '7.00', soldAt: '2026-01-06T09:00:00Z' },
    );
    worker = await shop.startWorker();
  });

  afterAll(async () => {
    worker?.stop();
    await worker?.finished;
    await shop?.close();
  });

  test('brings a range from the source into the warehouse', async () => {
    const summary = await shop.run({ from: '2026-01-01', to: '2026-01-06' });
    expect(summary).toMatchObject({ pipeline: PIPELINE, interval: '[2026-01-01, 2026-01-07)', cut: 1 });
    expect(await publishedDays(shop)).toEqual(await shop.expected());
  });
});
