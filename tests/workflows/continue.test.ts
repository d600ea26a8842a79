import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defaultCacheDir } from '../../services/cache.folder.ts';
import { startServer } from '../../services/server.handle.ts';
import { choosePorts } from '../../services/server.plans.ts';
import { DEFAULT_PORTS, type TemporalAddress } from '../../services/service.types.ts';
import { planTemporal } from '../../services/temporal.server.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { publishedDays } from './published.ts';
import { PIPELINE, Shop } from './shop.fixture.ts';

// Also asks for the shared Temporal server: where that cannot be had, neither can one with a setting of its own.
await describeWith(['temporal', 'postgres'], 'histories that grow long', ({ postgresUrl }) => {
  test('a backfill goes on in a new history, and forgets nothing', { timeout: 4 * MINUTES }, async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'strata-temporal-'));
    const context = { dataDir, cacheDir: defaultCacheDir(), report: () => undefined, durable: false };
    const ports = await choosePorts('temporal', { ...DEFAULT_PORTS, temporal: 0, temporalUi: 0 });
    const plan = await planTemporal(context, ports);
    plan.launch.args.push('--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=60');
    const server = await startServer('temporal', context, plan);
    const shop = await Shop.open(
      { ...(server.address as TemporalAddress), postgresUrl },
      { STRATA_BATCH_PARTITIONS: '2' },
    );
    const worker = await shop.startWorker();
    try {
      // Nine weeks: an ingest is of a week.
      for (let week = 0; week < 9; week += 1) {
        const date = new Date(Date.UTC(2026, 0, 1 + 7 * week)).toISOString().slice(0, 10);
        await shop.sell({ id: `${week}`, amount: `${week}.10`, soldAt: `${date}T08:00:00Z` });
      }
      const handle = await shop.start({ pipeline: PIPELINE, from: '2026-01-01', to: '2026-03-04' }, 'long', 'backfill');
      expect(await handle.result()).toMatchObject({ ingests: 18, skipped: 0 });
      expect(await publishedDays(shop)).toEqual(await shop.expected());
      for (const id of ['long', `converge/dev/${PIPELINE}`]) {
        const { runId, raw } = await shop.client.workflow.getHandle(id).describe();
        expect(raw.workflowExecutionInfo?.firstRunId, `${id} went on in a new history`).not.toBe(runId);
      }
    } finally {
      worker.stop();
      await worker.finished;
      await shop.close();
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});
