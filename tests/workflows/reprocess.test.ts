import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningWorker } from '../../workers/worker.ts';
import { describeWith } from '../servers.ts';
import { publishedDays } from './published.ts';
import { PIPELINE, Shop } from './shop.fixture.ts';
import { served } from './shop.served.ts';

await describeWith(['temporal', 'postgres'], 'a definition that changed', (addresses) => {
  let shop: Shop;
  let worker: RunningWorker;

  beforeAll(async () => {
    shop = await Shop.open(addresses);
    await shop.sell(
      { id: 'a', amount: '10.00', soldAt: '2026-01-05T10:00:00Z' },
      { id: 'b', amount: '20.00', soldAt: '2026-01-06T10:00:00Z' },
    );
    worker = await shop.startWorker();
    await shop.run({ from: '2026-01-05', to: '2026-01-06' });
  });

  afterAll(async () => {
    await stop();
    await shop?.close();
  });

  async function stop(): Promise<void> {
    worker?.stop();
    await worker?.finished;
  }

  /** Serves the project with one SQL file rewritten. */
  async function serveWith(file: string, rewrite: (sql: string) => string): Promise<void> {
    await stop();
    const sqlRoot = join(shop.folder, `sql-${file}`);
    await cp(served.sqlRoot, sqlRoot, { recursive: true });
    await writeFile(join(sqlRoot, file), rewrite(await readFile(join(sqlRoot, file), 'utf8')));
    worker = await shop.startWorker({ sqlRoot });
  }

  const sums = async () => Object.fromEntries((await publishedDays(shop)).map(({ day, eur }) => [day, eur]));

  test('comments and layout are no change; a new meaning waits until it is asked for', async () => {
    await serveWith('daily_sales.sql', (sql) => `-- sums\n${sql.replace('sum(amount_eur)', 'sum(amount_eur * 2)')}`);
    await shop.sell({ id: 'c', amount: '5.00', soldAt: '2026-01-06T11:00:00Z' });
    await shop.run({ from: '2026-01-06' });
    // The day that moved is made by the new definition, the other one is as it was.
    expect(await sums()).toEqual({ '2026-01-05': '10.00', '2026-01-06': '50.00' });
    const backfill = { pipeline: PIPELINE, from: '2026-01-05', to: '2026-01-06', reprocess: 'stale' };
    await (await shop.start(backfill, 'stale', 'backfill')).result();
    expect(await sums()).toEqual({ '2026-01-05': '20.00', '2026-01-06': '50.00' });
  });

  test('a merged table is made anew from every observation, and what is downstream follows', async () => {
    await serveWith('sale.sql', (sql) =>
      sql
        .replace('  s.amount,', '  (s.amount + 1)::DECIMAL(18, 2) AS amount,')
        .replace('THEN s.amount', 'THEN s.amount + 1'),
    );
    const backfill = { pipeline: PIPELINE, from: '2026-01-05', to: '2026-01-06', reprocess: 'stale' };
    await (await shop.start(backfill, 'stale merge', 'backfill')).result();
    // The first project's sums again, of amounts that are one higher.
    expect(await sums()).toEqual({ '2026-01-05': '11.00', '2026-01-06': '27.00' });
  });
});
