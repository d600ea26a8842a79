import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { fullRun } from '../full-run.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { at, MOMENTS, type Moment } from './moments.ts';
import { resultOf } from './result-of.ts';
import { startRun } from './runs.ts';
import { WorkerProcess } from './strata.process.ts';
import { DAYS, twoDays } from './two-days.ts';
import { expectReadable, expectRight, expectUnchanged, visible } from './visible.ts';

await describeWith(['temporal', 'postgres', 'mongodb'], 'a worker asleep past its heartbeat', (addresses) => {
  const days = twoDays(addresses);

  const few: readonly Moment[] = [MOMENTS.observed, MOMENTS.uploaded, MOMENTS.prepared];

  test.concurrent.each(fullRun ? Object.values(MOMENTS) : few)(
    'since $name: another finishes the run; awake again, it changes nothing',
    { timeout: 10 * MINUTES },
    (moment) =>
      days.with(addresses, async (company) => {
        const sleeper = await WorkerProcess.start(company);
        const asleep = at(moment, company, () => sleeper.signal('SIGSTOP'));
        const handle = await startRun(company, 1, DAYS);
        await asleep;
        const began = performance.now();
        await expectReadable(company);
        await WorkerProcess.start(company);
        expect(await resultOf(handle)).toMatchObject({ published: { cut: 1 } });
        await company.lookedForDrift(DAYS);
        const before = await visible(company);
        const slept = ((performance.now() - began) / 1000).toFixed(1);
        sleeper.signal('SIGCONT');
        // Told to stop it ends what it was doing first: as it would, awake.
        await sleep(2_000);
        await sleeper.end('SIGTERM');
        expectUnchanged(before, await visible(company));
        await expectRight(company, `asleep for ${slept} s since ${moment.name}, then awake`);
      }),
  );
});
