import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningWorker } from '../../workers/worker.ts';
import type { WorkflowProgress } from '../../workflows/messages.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/search-attributes.ts';
import { describeWith } from '../servers.ts';
import { failureOf } from './failure-of.ts';
import { tableVersions } from './lake-look.ts';
import { publishedDays } from './published.ts';
import { PIPELINE, Shop } from './shop.fixture.ts';

const RANGE = { from: '2026-01-01', to: '2026-01-08' };

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
      { id: 'd', amount: '1.10', soldAt: '2026-01-08T23:30:00Z' },
    );
    worker = await shop.startWorker();
  });

  afterAll(async () => {
    worker?.stop();
    await worker?.finished;
    await shop?.close();
  });

  test('brings a range from the source into the warehouse', async () => {
    const summary = await shop.run(RANGE, 'first');
    expect(summary).toMatchObject({
      pipeline: PIPELINE,
      interval: '[2026-01-01, 2026-01-09)',
      cut: 1,
      published: { cut: 1, tables: 1, rows: 3 },
    });
    expect(await publishedDays(shop)).toEqual(await shop.expected());
  });

  test('is found and read: search attributes, progress, details', async () => {
    const handle = shop.client.workflow.getHandle('first');
    const { typedSearchAttributes } = await handle.describe();
    const said = Object.values(SEARCH_ATTRIBUTES).map((key) => typedSearchAttributes.get(key));
    expect(said).toEqual([PIPELINE, undefined, 'dev', '2026-01-01', '2026-01-09', 'done']);
    const progress = await handle.query<WorkflowProgress>('progress');
    expect(progress).toMatchObject({ state: 'done', failures: [] });
    expect(progress.done).toBe(progress.total);
    const rows = Object.fromEntries(progress.datasets.map(({ dataset, rowsOut }) => [dataset, rowsOut]));
    expect(rows).toEqual({
      'bronze.rate': 1,
      'bronze.sale': 4,
      'silver.rate': 1,
      'silver.sale': 4,
      'gold.daily_sales': 3,
    });
    const metadata = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
    expect(metadata.currentDetails).toContain('| gold.daily_sales | built | 3 | 3 | 0 |');
  });

  test('a second one over the same range writes no data and makes no cut', async () => {
    const before = await tableVersions(worker.platform);
    expect(await shop.run(RANGE)).toMatchObject({ cut: 1, published: { cut: 1, tables: 0 } });
    const after = await tableVersions(worker.platform);
    expect(after).toEqual({
      ...before,
      // A look that finds nothing new says that it looked.
      'bronze.sale': before['bronze.sale']! + 1,
      'bronze.rate': before['bronze.rate']! + 1,
    });
  });

  test('a late update and a corrected rate change exactly their days', async () => {
    await shop.sell({ id: 'c', amount: '8.00', soldAt: '2026-01-06T09:00:00Z', updatedAt: '2026-01-08T12:00:00Z' });
    await shop.setRate('USD', '2026-01-01', '0.75', '2026-01-08T12:00:00Z');
    const summary = await shop.run({ from: '2026-01-08' });
    expect(summary).toMatchObject({ cut: 2, published: { cut: 2, tables: 1, rows: 2 } });
    expect(await publishedDays(shop)).toEqual(await shop.expected());
  });

  test('a bad row waits in quarantine, the others go on', async () => {
    await shop.sell({ id: 'e', amount: '5.00', currency: 'XXX', soldAt: '2026-01-08T13:00:00Z' });
    const summary = (await shop.run({ from: '2026-01-08' })) as {
      datasets: { dataset: string; quarantined: number }[];
    };
    expect(summary.datasets.find(({ dataset }) => dataset === 'silver.sale')?.quarantined).toBe(1);
    expect(await publishedDays(shop)).toEqual(await shop.expected());
  });

  test.each([
    ['an unknown pipeline', 'shop_dayly', { from: '2026-01-05' }, 'Did you mean shop_daily?'],
    ['nothing', PIPELINE, undefined, 'from is missing'],
    ['a number', PIPELINE, 7, 'An example: {"from":"2026-11-20"}'],
    ['an unknown field', PIPELINE, { form: '2026-01-05' }, 'form'],
    ['no date', PIPELINE, { from: 'yesterday' }, 'Write a UTC date like 2026-11-01'],
    ['a date that does not exist', PIPELINE, { from: '2026-02-30' }, 'Not a date or instant'],
    ['a reversed range', PIPELINE, { from: '2026-01-06', to: '2026-01-05' }, 'The range is reversed'],
    ['the future', PIPELINE, { from: '2026-01-05', to: '2999-01-01' }, 'lies in the future'],
    ['days before the pipeline', PIPELINE, { from: '2025-12-31' }, 'The pipeline starts on 2026-01-01'],
    ['an unknown parameter', PIPELINE, { from: '2026-01-05', params: { nota: 'x' } }, 'Did you mean note?'],
    [
      'a parameter of the wrong type',
      PIPELINE,
      { from: '2026-01-05', params: { note: 1 } },
      'Parameters of shop_daily: note',
    ],
  ])('refuses %s at once and says what is valid', async (_, pipeline, input, words) => {
    const handle = await shop.start(input, `bad ${words}`, pipeline);
    const failure = await failureOf(handle.result());
    expect(failure.type).toBe('bad_input');
    expect(failure.message).toContain(words);
    // One question and its answer: nothing was begun.
    const { events } = await handle.fetchHistory();
    expect(events?.filter((event) => event.activityTaskScheduledEventAttributes)).toHaveLength(1);
    expect(events?.filter((event) => event.startChildWorkflowExecutionInitiatedEventAttributes)).toHaveLength(0);
  });

  test('a build that fails for good fails the run with the reason; readers keep the last cut', async () => {
    const before = await publishedDays(shop);
    await shop.setRate('USD', '2026-01-01', '9999999999', '2026-01-08T14:00:00Z');
    await shop.sell({ id: 'f', amount: '1000.00', currency: 'USD', soldAt: '2026-01-08T15:00:00Z' });
    const failure = await failureOf(shop.run({ from: '2026-01-08' }));
    expect(failure.message).toMatch(/Not everything could be built:\nsilver.sale: Overflow/);
    expect(await publishedDays(shop)).toEqual(before);
    await shop.setRate('USD', '2026-01-01', '0.8', '2026-01-08T16:00:00Z');
    await shop.run({ from: '2026-01-08' });
    expect(await publishedDays(shop)).toEqual(await shop.expected());
  });
});
