import type { ChildProcess } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { fullRun } from '../full-run.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { publishedDays } from './published.ts';
import { Shop } from './shop.fixture.ts';
import { until } from './until.ts';
import { endWorker, spawnWorker } from './worker-process.ts';

/** Rows, and over how many days they lie. A row is about 1 KB in the source. */
const [ROWS, DAYS] = [200_000, 365];
const FIRST = '2026-01-01';
const dayAfter = (days: number) => new Date(Date.parse(FIRST) + days * 86_400_000).toISOString().slice(0, 10);
/** DuckDB's limit is 256 MB; the rest is Node, its code and two extractions' buffers. */
const MOST_MEGABYTES = 1_000;

await describeWith(['temporal', 'postgres'], 'years in one look, and then every night', (addresses) => {
  let shop: Shop;
  const workers: ChildProcess[] = [];

  beforeAll(async () => {
    shop = await Shop.open(addresses, { STRATA_NOW: `${dayAfter(DAYS)}T02:00:00Z` });
    await shop.db.query('alter table sale add column padding text');
    await shop.db.query(
      `insert into sale select i::text, (i % 1000) / 4.0, 'EUR', '${FIRST}'::timestamptz + i * interval '${(DAYS * 86_400) / ROWS} seconds',
         '${FIRST}'::timestamptz + i * interval '${(DAYS * 86_400) / ROWS} seconds', repeat(md5(i::text), 20) from generate_series(1, ${ROWS - 1}) i`,
    );
    await shop.db.query('create index on sale (updated_at); analyze sale');
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

  /** Staged files of the extraction that runs. */
  async function staged(): Promise<string[]> {
    const names = await readdir(join(shop.folder, 'temp'), { recursive: true }).catch(() => []);
    return names.filter((name) => /snapshot-.*\d+\.parquet$/.test(name));
  }

  test.runIf(fullRun)(
    `killed in the middle, written to meanwhile: every row arrives once, and the night goes on from there${fullRun ? '' : ' (skipped: only in the full run)'}`,
    {
      timeout: 10 * MINUTES,
    },
    async () => {
      const first = await work();
      const bootstrap = await shop.start({ from: FIRST, to: dayAfter(DAYS - 1) }, 'bootstrap');
      await until(async () => (await staged()).length > 0);
      await endWorker(first, 'SIGKILL');
      // Rows that no snapshot of the killed attempt has seen: a late one, a moved one, one of tonight.
      await shop.sell({ id: 'late', amount: '7.00', soldAt: `${dayAfter(1)}T12:00:00Z` });
      await shop.sell({
        id: '5',
        amount: '9.75',
        soldAt: `${dayAfter(0)}T00:00:30Z`,
        updatedAt: `${dayAfter(2)}T00:00:00Z`,
      });
      const second = await work();
      await until(async () => (await staged()).length > 1);
      // Chunks side by side: more than one file of the same snapshot.
      await bootstrap.result();
      expect(await publishedDays(shop)).toEqual(await shop.expected());
      const [, peak] = /VmHWM:\s+(\d+) kB/.exec(await readFile(`/proc/${second.pid}/status`, 'utf8')) ?? [];
      expect(Number(peak) / 1024).toBeLessThan(MOST_MEGABYTES);

      await endWorker(second, 'SIGTERM');
      await shop.sell({ id: 'tonight', amount: '3.00', soldAt: `${dayAfter(DAYS)}T01:00:00Z` });
      await shop.sell({
        id: '7',
        amount: '1.25',
        soldAt: `${dayAfter(0)}T00:00:40Z`,
        updatedAt: `${dayAfter(DAYS)}T01:30:00Z`,
      });
      (shop.variables as Record<string, string>).STRATA_NOW = `${dayAfter(DAYS + 1)}T02:00:00Z`;
      await work();
      const night = await shop.run({ from: dayAfter(DAYS) });
      const sale = (night as { datasets: { dataset: string; rowsIn: number }[] }).datasets.find(
        (d) => d.dataset === 'bronze.sale',
      );
      // The lateness of an hour is read again, not the years.
      expect(sale?.rowsIn).toBeLessThan(ROWS / DAYS);
      expect(await publishedDays(shop)).toEqual(await shop.expected());
    },
  );
});
