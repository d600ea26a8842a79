import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Retraining } from '../../core/retraining.ts';
import { workflowIds } from '../../core/workflow-ids.ts';
import type { AddressesFor } from '../../services/service.types.ts';
import type { RunningWorker } from '../../workers/worker.ts';
import { MINUTES } from '../patience.ts';
import { fraud } from '../retrain/bank/project.ts';
import { AFTER, Bank, POLICY } from '../retrain/bank.fixture.ts';
import { testServer } from '../servers.ts';
import { keepHistory } from './histories.ts';
import { PIPELINE, Shop } from './shop.fixture.ts';
import { until } from './until.ts';

// Not a test: records the histories that replay.test.ts replays. After a change to workflows/ that replay refuses, first
// ask whether running workflows may break (they may not: use patched()); then record anew:
//   STRATA_TEST_RECORD_HISTORIES=1 npx vitest run tests/workflows/histories.record.test.ts
const RANGE = { from: '2026-01-01', to: '2026-01-03' };

describe.runIf(process.env.STRATA_TEST_RECORD_HISTORIES)('recording', () => {
  let shop: Shop;
  let worker: RunningWorker;

  beforeAll(async () => {
    const [temporal, postgres] = await Promise.all([testServer('temporal'), testServer('postgres')]);
    shop = await Shop.open({ ...temporal, ...postgres } as unknown as AddressesFor<'temporal' | 'postgres'>);
    await shop.setRate('USD', '2026-01-01', '0.5', '2026-01-01T00:00:01Z');
    await shop.sell(
      { id: 'a', amount: '10.00', soldAt: '2026-01-01T10:00:00Z' },
      { id: 'b', amount: '3.01', currency: 'USD', soldAt: '2026-01-02T11:00:00Z' },
      { id: 'c', amount: '5.00', currency: 'XXX', soldAt: '2026-01-03T11:00:00Z' },
    );
    worker = await shop.startWorker();
  });

  afterAll(async () => {
    worker?.stop();
    await worker?.finished;
    await shop?.close();
  });

  const handle = (id: string) => shop.client.workflow.getHandle(id);

  test('a run with its ingest and converge', async () => {
    await shop.run(RANGE, 'run');
    await keepHistory('run', handle('run'));
    const whole = { start: '2026-01-01T00:00:00.000000Z', end: '2026-01-04T00:00:00.000000Z' };
    await keepHistory('ingest', handle(workflowIds.ingest('dev', 'bronze.sale', whole)));
    await keepHistory('converge', handle(workflowIds.converge('dev', PIPELINE)));
  });

  test('a run that is refused', async () => {
    await shop.run({ from: 'yesterday' }, 'refused').catch(() => undefined);
    await keepHistory('run-refused', handle('refused'));
  });

  test('a backfill that was paused', async () => {
    const backfill = await shop.start({ pipeline: PIPELINE, ...RANGE, reprocess: 'completed' }, 'backfill', 'backfill');
    await backfill.signal('pause');
    await until(async () => (await backfill.query<{ paused: boolean }>('progress')).paused);
    await backfill.signal('resume');
    await backfill.result();
    await keepHistory('backfill', backfill);
    await keepHistory('converge-reprocess', handle(workflowIds.converge('dev', PIPELINE)));
  });

  test('a run that waits for the ingest of another, which is cancelled', async () => {
    const day = { start: '2026-01-02T00:00:00.000000Z', end: '2026-01-03T00:00:00.000000Z' };
    await shop.db.query('BEGIN; LOCK TABLE sale IN ACCESS EXCLUSIVE MODE');
    const first = await shop.start({ from: '2026-01-02' }, 'cancelled');
    const ingest = handle(workflowIds.ingest('dev', 'bronze.sale', day));
    await until(async () =>
      (await ingest.describe()).raw.pendingActivities?.some((a) => a.activityType?.name === 'ingest'),
    );
    const { runId } = await ingest.describe();
    const second = await shop.start({ from: '2026-01-02' }, 'attached');
    await until(async () =>
      (await second.describe()).raw.pendingActivities?.some((a) => a.activityType?.name === 'awaitIngest'),
    );
    await first.cancel();
    await first.result().catch(() => undefined);
    await shop.db.query('COMMIT');
    await second.result();
    await keepHistory('run-cancelled', first);
    await keepHistory('run-attached', second);
    await keepHistory('ingest-cancelled', shop.client.workflow.getHandle(ingest.workflowId, runId));
  });

  test('a cut that is published again', async () => {
    await shop.run(RANGE, 'before');
    await shop.start({ pipeline: PIPELINE, cut: 1 }, 'publish', 'publish').then((started) => started.result());
    await keepHistory('publish', handle('publish'));
  });

  test('a build that fails for good', async () => {
    await shop.setRate('USD', '2026-01-01', '9999999999', '2026-01-03T14:00:00Z');
    await shop.run({ from: '2026-01-03' }, 'failed').catch(() => undefined);
    await keepHistory('run-failed', handle('failed'));
    await keepHistory('converge-failed', handle(workflowIds.converge('dev', PIPELINE)));
  });
});

describe.runIf(process.env.STRATA_TEST_RECORD_HISTORIES)('recording models', () => {
  let bank: Bank;

  beforeAll(async () => {
    const found = await Promise.all([testServer('temporal'), testServer('postgres'), testServer('mongodb')]);
    bank = await Bank.drifted(Object.assign({}, ...found) as AddressesFor<'temporal' | 'postgres' | 'mongodb'>);
  }, 5 * MINUTES);

  afterAll(() => bank?.close());

  const quick = { every: '1 second', for: '2 seconds', mostLoss: 1 };
  const policy = { ...POLICY, confidence: 0 };
  const asking = (within: string): Partial<Retraining> => ({
    policy: { ...policy, approval: { by: 'person', within, otherwise: 'reject' } },
    monitoring: quick,
  });
  const retrainings: [string, Partial<Retraining>, object, ((handle: WorkflowHandle) => Promise<unknown>)?][] = [
    ['retrain-no-drift', { days: { ...fraud.days, current: 30 } }, { asOf: '2026-01-24' }],
    ['retrain-rolled-back', { policy, monitoring: { ...quick, mostLoss: -1 } }, { asOf: '2026-02-12', force: true }],
    ['retrain-refused', { policy: { ...policy, leastGain: 1, confidence: 1 } }, {}],
    ['retrain-timed-out', asking('1 second'), {}],
    [
      'retrain-cancelled',
      asking('1 hour'),
      {},
      async (handle) => {
        await until(() => handle.query<boolean>('decisionWanted'));
        await handle.cancel();
      },
    ],
    [
      'retrain-promoted',
      asking('1 hour'),
      {},
      async (handle) => {
        await until(() => handle.query<boolean>('decisionWanted'));
        await handle.executeUpdate('decide', { args: [{ approve: true, who: 'Ada', why: 'better' }] });
      },
    ],
  ];

  test.each(retrainings)('%s', { timeout: 3 * MINUTES }, (name, changes, input, meanwhile) =>
    bank.withWorker(AFTER, changes, async () => {
      const handle = await bank.start('drift_and_retrain', input, name);
      await meanwhile?.(handle);
      await handle.result().catch(() => undefined);
      await keepHistory(name, handle);
    }),
  );

  test('scoring', { timeout: 3 * MINUTES }, () =>
    bank.withWorker(AFTER, {}, async () => {
      const handle = await bank.start('hourly_fraud_detection', {}, 'scoring');
      await handle.result();
      await keepHistory('scoring', handle);
    }),
  );
});
