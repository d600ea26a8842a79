import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningWorker } from '../../workers/worker.ts';
import type { RunSummary } from '../../workflows/run.workflow.ts';
import { describeWith } from '../servers.ts';
import { publishedDays } from './published.ts';
import { PIPELINE, Shop } from './shop.fixture.ts';

const ANOTHER_LAKE = /held cut \d of another lake/;

await describeWith(['temporal', 'postgres'], 'a warehouse that another lake filled', (addresses) => {
  let shop: Shop;
  let worker: RunningWorker;
  const lake = () => join(shop.folder, 'lake');
  const backup = () => join(shop.folder, 'backup');

  beforeAll(async () => {
    shop = await Shop.open(addresses);
    await shop.setRate('USD', '2026-01-01', '0.5', '2026-01-01T00:00:01Z');
    for (const day of [5, 6, 7]) await sell(day, 'morning', '10.00');
    worker = await shop.startWorker();
    for (const day of [5, 6, 7]) await run(day);
    expect(await publishedDays(shop)).toEqual(await shop.expected());
  });

  afterAll(async () => {
    await stop();
    await shop?.close();
  });

  const sell = (day: number, when: 'morning' | 'evening', amount: string) =>
    shop.sell({ id: `${day} ${when}`, amount, soldAt: `2026-01-0${day}T${when === 'morning' ? '08' : '20'}:00:00Z` });

  const run = async (from: number, to = from): Promise<RunSummary> =>
    (await shop.run({ from: `2026-01-0${from}`, to: `2026-01-0${to}` })) as RunSummary;

  async function stop(): Promise<void> {
    worker?.stop();
    await worker?.finished;
  }

  /** Nobody works while the lake is exchanged: a worker remembers what it has read. */
  async function exchange(work: () => Promise<void>): Promise<void> {
    await stop();
    await work();
    worker = await shop.startWorker();
  }

  test('the lake is lost: one run, and every table is replaced whole', async () => {
    await exchange(() => rm(lake(), { recursive: true }));
    // The warehouse has it, and neither the source nor the new lake does.
    await shop.db.query("DELETE FROM sale WHERE id = '6 morning'");
    await sell(7, 'evening', '1.00');
    const summary = await run(5, 7);
    expect(summary.cut).toBe(1);
    expect(summary.notes?.map(({ message }) => message)).toEqual([expect.stringMatching(ANOTHER_LAKE)]);
    expect(await publishedDays(shop)).toEqual(await shop.expected());
  });

  test('and from then on differences are loaded as always', async () => {
    await sell(6, 'evening', '2.00');
    const summary = await run(6);
    expect(summary.notes).toBeUndefined();
    expect(summary.published).toMatchObject({ cut: 2, rows: 1 });
    expect(await publishedDays(shop)).toEqual(await shop.expected());
  });

  test('a backup that lacks the published cut is restored: its own cut of that number is another', async () => {
    await cp(lake(), backup(), { recursive: true });
    await sell(5, 'evening', '3.00');
    expect((await run(5)).published).toMatchObject({ cut: 3 });
    await exchange(async () => {
      await rm(lake(), { recursive: true });
      await cp(backup(), lake(), { recursive: true });
    });
    await shop.db.query("DELETE FROM sale WHERE id = '5 evening'");
    await sell(6, 'evening', '4.00');
    const summary = await run(6);
    expect(summary.published).toMatchObject({ cut: 3 });
    expect(summary.notes?.map(({ message }) => message)).toEqual([expect.stringMatching(ANOTHER_LAKE)]);
    expect(await publishedDays(shop)).toEqual(await shop.expected());
  });

  test('an earlier cut whose files vacuum has deleted is refused by name', async () => {
    await sell(7, 'evening', '5.00');
    await run(7);
    const old = await worker.platform.lake.table('gold.daily_sales').loadAt(0);
    const files = [...old.files.keys()].map((path) => `dev/gold/daily_sales/${path}`);
    await worker.platform.store.delete(files);
    const asked = await shop.start({ pipeline: PIPELINE, cut: 1 }, 'back', 'publish');
    const error = await asked.result().catch((reason) => reason);
    expect(String(error.cause?.message)).toMatch(
      /Cut 1 cannot be published: vacuum has deleted files of gold.daily_sales/,
    );
    expect(await publishedDays(shop)).toEqual(await shop.expected());
  });
});
