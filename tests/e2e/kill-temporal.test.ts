import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { fullRun } from '../full-run.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { dateOfDay } from './company.sources.ts';
import type { Company } from './company.ts';
import { figure } from './figures.ts';
import { at, MOMENTS, type Moment } from './moments.ts';
import { ownTemporal } from './own-temporal.ts';
import { resultOf } from './result-of.ts';
import { startRun } from './runs.ts';
import { strata, WorkerProcess } from './strata.process.ts';
import { DAYS, twoDays } from './two-days.ts';
import { expectReadable, expectRight } from './visible.ts';

// Temporal is needed as a program, not as the test run's server: these servers are killed.
await describeWith(['temporal', 'postgres', 'mongodb'], 'SIGKILL of Temporal', (addresses) => {
  const days = twoDays(addresses);

  async function withTemporal(
    work: (company: Company, temporal: Awaited<ReturnType<typeof ownTemporal>>) => Promise<void>,
  ): Promise<void> {
    const temporal = await ownTemporal();
    try {
      await days.with({ temporal: temporal.address }, (company) => work(company, temporal));
    } finally {
      await temporal.stop();
    }
  }

  const all = Object.values(MOMENTS);
  const alone: readonly Moment[] = fullRun ? all : [MOMENTS.merged];
  const both: readonly Moment[] = fullRun ? all : [MOMENTS.observed];

  test.concurrent.each(alone)(
    'when $name: the same worker goes on once it is back, and the oracle agrees',
    { timeout: 6 * MINUTES },
    (moment) =>
      withTemporal(async (company, temporal) => {
        const worker = await WorkerProcess.start(company);
        const killed = at(moment, company, () => temporal.killNow());
        // As a person would, who sees it through.
        const run = strata(company, ['run', 'daily_oltp_to_olap', '--from', dateOfDay(1), '--to', dateOfDay(DAYS)]);
        await await killed;
        const began = performance.now();
        await expectReadable(company);
        await temporal.restart();
        const { code, stderr } = await run;
        expect(code, stderr).toBe(0);
        expect(worker.lives).toBe(true);
        figure(
          `Temporal killed when ${moment.name}`,
          `done ${((performance.now() - began) / 1000).toFixed(1)} s later`,
        );
        await expectRight(company, `Temporal killed when ${moment.name}`);
      }),
  );

  test.concurrent.each(both)(
    'and the worker when $name: both come back, the run finishes, and the oracle agrees',
    { timeout: 6 * MINUTES },
    (moment) =>
      withTemporal(async (company, temporal) => {
        const worker = await WorkerProcess.start(company);
        const killed = at(moment, company, () => {
          worker.signal('SIGKILL');
          return temporal.killNow();
        });
        const handle = await startRun(company, 1, DAYS);
        await await killed;
        const began = performance.now();
        await expectReadable(company);
        await temporal.restart();
        await WorkerProcess.start(company);
        expect(await resultOf(handle)).toMatchObject({ published: { cut: 1 } });
        figure(`both killed when ${moment.name}`, `done ${((performance.now() - began) / 1000).toFixed(1)} s later`);
        await expectRight(company, `both killed when ${moment.name}`);
      }),
  );

  test.skipIf(!fullRun)(
    'and away for a minute and a half: worker and watcher wait for it (full run only)',
    { timeout: 8 * MINUTES },
    () =>
      withTemporal(async (company, temporal) => {
        const worker = await WorkerProcess.start(company);
        const killed = at(MOMENTS.merged, company, () => temporal.killNow());
        const run = strata(company, ['run', 'daily_oltp_to_olap', '--from', dateOfDay(1), '--to', dateOfDay(DAYS)]);
        await await killed;
        await sleep(90_000);
        expect(worker.lives, worker.said).toBe(true);
        await temporal.restart();
        const { code, stderr } = await run;
        expect(code, stderr).toBe(0);
        expect(stderr).toMatch(/Temporal does not answer.*Temporal answers again/s);
        await expectRight(company, 'Temporal away for a minute and a half');
      }),
  );
});
