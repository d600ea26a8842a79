import { expect, it } from 'vitest';
import { fullRun } from '../full-run.ts';
import { loadSimulation } from './bundle.ts';
import { describeFailure, MUST_HAPPEN, printCoverage } from './report.ts';

const { STRATA_MODEL_SEED: SEED, STRATA_MODEL_CHAOS: CHAOS, STRATA_MODEL_SCHEDULES: SCHEDULES } = process.env;
/** Enough for every action to happen, in a minute or two; the full run and `npm run test:model` take many more. */
const COUNT = Number(SCHEDULES ?? (fullRun ? 5000 : 300));
const HOUR = 3_600_000;

it.skipIf(SEED !== undefined)(
  'keeps every promise in random schedules',
  async () => {
    const simulate = await loadSimulation();
    const coverage = new Map<string, number>();
    for (let seed = 1; seed <= COUNT; seed += 1) {
      const outcome = await simulate(seed);
      if (outcome.failure) expect.fail(await describeFailure(simulate, outcome));
      for (const [action, times] of outcome.coverage) coverage.set(action, (coverage.get(action) ?? 0) + times);
    }
    console.log(`${COUNT} schedules\n${printCoverage(coverage)}`);
    expect(MUST_HAPPEN.filter((action) => !coverage.has(action))).toEqual([]);
  },
  10 * HOUR,
);

it.runIf(SEED !== undefined)('replay of one seed', async () => {
  const simulate = await loadSimulation();
  const outcome = await simulate(Number(SEED), CHAOS === undefined ? {} : { chaos: Number(CHAOS) });
  console.log(outcome.trace.join('\n'));
  expect(outcome.failure).toBeUndefined();
});
