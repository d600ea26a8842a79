import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { fullRun } from '../full-run.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { figure } from './figures.ts';
import { at, MOMENTS, type Moment } from './moments.ts';
import { resultOf } from './result-of.ts';
import { startRun } from './runs.ts';
import { WorkerProcess } from './strata.process.ts';
import { DAYS, twoDays } from './two-days.ts';
import { expectReadable, expectRight } from './visible.ts';

const FEW: readonly Moment[] = [MOMENTS.staged, MOMENTS.uploaded, MOMENTS.prepared];

await describeWith(['temporal', 'postgres', 'mongodb'], 'SIGKILL of the worker', (addresses) => {
  const days = twoDays(addresses);

  // Each waits out a heartbeat, so that they fit beside each other.
  test.concurrent.each(fullRun ? Object.values(MOMENTS) : FEW)(
    'when $name: another worker finishes the run, and the oracle agrees',
    { timeout: 8 * MINUTES },
    (moment) =>
      days.with(addresses, async (company) => {
        const first = await WorkerProcess.start(company);
        const killed = at(moment, company, () => first.signal('SIGKILL'));
        const handle = await startRun(company, 1, DAYS);
        await killed;
        const began = performance.now();
        const left = await expectReadable(company);
        const second = await WorkerProcess.start(company);
        expect(await resultOf(handle)).toMatchObject({ published: { cut: 1 } });
        const seconds = ((performance.now() - began) / 1000).toFixed(1);
        figure(`killed when ${moment.name}`, `${Object.keys(left).length} tables were there; done ${seconds} s later`);
        await expectRight(company, `killed when ${moment.name}`);
        await second.end('SIGTERM');
      }),
  );

  test.skipIf(!fullRun)(
    'at random moments, over and over: as if nobody had died (full run only)',
    { timeout: 30 * MINUTES },
    () =>
      days.with(addresses, async (company) => {
        const handle = await startRun(company, 1, DAYS);
        const result = resultOf(handle, 25 * MINUTES);
        let ended = false;
        result.finally(() => {
          ended = true;
        });
        let kills = 0;
        for (; !ended && kills < 10; kills += 1) {
          const worker = await WorkerProcess.start(company);
          await Promise.race([result, new Promise((resolve) => setTimeout(resolve, 500 + 1_700 * (kills % 7)))]);
          await worker.end('SIGKILL');
          await expectReadable(company);
        }
        if (!ended) await WorkerProcess.start(company);
        await result;
        await expectRight(company, `killed ${kills} times in one run`);
      }),
  );
});
