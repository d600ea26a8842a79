import type { WorkflowFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { queueName } from '../../core/queue-names.ts';
import { ingestScope } from '../../core/scopes.ts';
import { workflowIds } from '../../core/workflow-ids.ts';
import type { RunningWorker } from '../../workers/worker.ts';
import { describeWith } from '../servers.ts';
import { publishedDays } from './published.ts';
import { PIPELINE, Shop } from './shop.fixture.ts';
import { until } from './until.ts';

const DAY = { start: '2026-01-05T00:00:00.000000Z', end: '2026-01-06T00:00:00.000000Z' };
const INGEST = workflowIds.ingest('dev', 'bronze.sale', DAY);

await describeWith(['temporal', 'postgres'], 'runs that meet', (addresses) => {
  let shop: Shop;
  let worker: RunningWorker;

  beforeAll(async () => {
    shop = await Shop.open(addresses);
    await shop.sell({ id: 'a', amount: '10.00', soldAt: '2026-01-05T10:00:00Z' });
    await shop.setRate('USD', '2026-01-01', '0.5', '2026-01-01T00:00:01Z');
    worker = await shop.startWorker();
  });

  afterAll(async () => {
    worker?.stop();
    await worker?.finished;
    await shop?.close();
  });

  /** While the work runs nobody can read the table, so that an extraction stays where it is. */
  async function whileLocked(work: () => Promise<void>): Promise<void> {
    await shop.db.query('BEGIN; LOCK TABLE sale IN ACCESS EXCLUSIVE MODE');
    try {
      await work();
    } finally {
      await shop.db.query('COMMIT');
    }
  }

  const extracting = () =>
    until(async () => {
      const { raw } = await shop.client.workflow.getHandle(INGEST).describe();
      return raw.pendingActivities?.some(({ activityType }) => activityType?.name === 'ingest') ?? false;
    });

  async function timesIngested(): Promise<number> {
    const query = `WorkflowType = 'ingest' AND StrataDataset = 'bronze.sale'`;
    let count = 0;
    for await (const _ of shop.client.workflow.list({ query })) count += 1;
    return count;
  }

  test('cancelling a run takes its right to write away, and the next run does the work', async () => {
    await whileLocked(async () => {
      const handle = await shop.start({ from: '2026-01-05' }, 'cancelled');
      await extracting();
      await handle.cancel();
      const error = await handle.result().catch((reason) => reason);
      expect((error as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
    });
    const { ledger, files } = await worker.platform.lake.table('bronze.sale').load();
    expect(ledger.scopes.get(ingestScope('bronze.sale', DAY))).toMatchObject({ epoch: 1 });
    expect(files.size).toBe(0);
    expect(ledger.covered).toEqual([]);
    await shop.run({ from: '2026-01-05' });
    expect(await publishedDays(shop)).toEqual(await shop.expected());
  });

  test('two runs over one range share its ingest, and both end with a cut', async () => {
    const before = await timesIngested();
    const results: Promise<unknown>[] = [];
    await whileLocked(async () => {
      results.push((await shop.start({ from: '2026-01-05' }, 'one')).result());
      await extracting();
      const second = await shop.start({ from: '2026-01-05' }, 'two');
      results.push(second.result());
      await until(async () => {
        const { raw } = await second.describe();
        return raw.pendingActivities?.some(({ activityType }) => activityType?.name === 'awaitIngest') ?? false;
      });
    });
    const [one, two] = (await Promise.all(results)) as { cut: number }[];
    expect(one?.cut).toBe(two?.cut);
    expect(await timesIngested()).toBe(before + 1);
  });

  test('when the shared ingest is cancelled with its run, the other run does it itself', async () => {
    let other: Promise<unknown> | undefined;
    await whileLocked(async () => {
      const first = await shop.start({ from: '2026-01-05' }, 'leaver');
      await extracting();
      const second = await shop.start({ from: '2026-01-05' }, 'stayer');
      other = second.result();
      await until(async () => (await second.describe()).raw.pendingActivities?.length === 1);
      await first.cancel();
      await first.result().catch(() => undefined);
    });
    expect(await other).toMatchObject({ pipeline: PIPELINE });
  });

  test('a converge that is terminated is asked again', async () => {
    const converge = shop.client.workflow.getHandle(workflowIds.converge('dev', PIPELINE));
    await shop.sell({ id: 'b', amount: '1.00', soldAt: '2026-01-05T12:00:00Z', updatedAt: '2026-01-05T13:00:00Z' });
    const running = await shop.start({ from: '2026-01-05' }, 'patient');
    await until(async () => (await converge.describe()).status.name === 'RUNNING');
    await converge.terminate('a test');
    expect(await running.result()).toMatchObject({ pipeline: PIPELINE });
    expect(await publishedDays(shop)).toEqual(await shop.expected());
  });

  test('a schedule does the day that ended before its nominal time', async () => {
    const schedule = await shop.client.schedule.create({
      scheduleId: workflowIds.schedule('dev', PIPELINE),
      spec: { cronExpressions: ['0 2 * * *'] },
      action: { type: 'startWorkflow', workflowType: PIPELINE, taskQueue: queueName('dev', 'control'), args: [] },
    });
    await schedule.trigger();
    const started = await until(async () => (await schedule.describe()).info.recentActions[0]);
    const workflow = started.action as { workflow: { workflowId: string } };
    const summary = await shop.client.workflow.getHandle(workflow.workflow.workflowId).result();
    const midnight = Date.parse(`${started.scheduledAt.toISOString().slice(0, 10)}T00:00:00Z`);
    const days = [midnight - 86_400_000, midnight].map((at) => new Date(at).toISOString().slice(0, 10));
    expect(summary).toMatchObject({ interval: `[${days[0]}, ${days[1]})` });
  });
});
