import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { until } from '../workflows/until.ts';
import type { Company } from './company.ts';
import { figure } from './figures.ts';
import { ownTemporal } from './own-temporal.ts';
import { resultOf } from './result-of.ts';
import { startRun } from './runs.ts';
import { WorkerProcess } from './strata.process.ts';
import { DAYS, twoDays } from './two-days.ts';
import { expectRight, expectUnchanged, visible } from './visible.ts';

// A database of its own: the lock below would hold up other tests' runs, and theirs be taken for the sleeper waiting.
await describeWith(['temporal', 'postgres', 'mongodb'], 'a worker asleep for a moment', (addresses) => {
  const days = twoDays(addresses);

  // It sleeps so shortly that nobody takes over: the fence alone keeps it from writing.
  test('while its run is cancelled: its commit is refused as fenced, though nobody could tell it', {
    timeout: 10 * MINUTES,
  }, async () => {
    const temporal = await ownTemporal();
    try {
      await days.with({ temporal: temporal.address }, (company) => fenced(company, temporal));
    } finally {
      await temporal.stop();
    }
  });

  async function fenced(company: Company, temporal: Awaited<ReturnType<typeof ownTemporal>>): Promise<void> {
    const { client } = days.sources;
    try {
      const sleeper = await WorkerProcess.start(company, { queues: 'extract' });
      await WorkerProcess.start(company, { queues: 'control,transform,warehouse' });
      await client.query('BEGIN; LOCK TABLE country IN ACCESS EXCLUSIVE MODE');
      const cancelled = await startRun(company, 1, DAYS);
      await until(async () => {
        const waiting = "select 1 from pg_locks where relation = 'country'::regclass and not granted";
        return (await client.query(waiting)).rowCount === 1;
      });
      sleeper.signal('SIGSTOP');
      const began = performance.now();
      await cancelled.cancel();
      await expect(resultOf(cancelled)).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
      const before = await visible(company);
      await temporal.killNow();
      await client.query('COMMIT');
      sleeper.signal('SIGCONT');
      // On a machine with much other work it slept past its heartbeat after all, and its own timer may stop it before it
      // tries to commit.
      const refused = /ingest ingest\/dev\/bronze.country.*epoch 1 lost to epoch 1.*/;
      const overslept = performance.now() - began > 25_000;
      const said = await until(async () => refused.exec(sleeper.said)?.[0]).catch((error) => {
        if (overslept) return 'nothing: it slept for too long to try';
        throw error;
      });
      expectUnchanged(before, await visible(company));
      figure('what a fenced zombie says', said.replace(/^.*?: /, ''));
      await temporal.restart();
      expect(await resultOf(await startRun(company, 1, DAYS))).toMatchObject({ published: { cut: 1 } });
      await expectRight(company, 'cancelled, its zombie fenced, then run again');
    } finally {
      await client.query('ROLLBACK');
    }
  }
});
