import { describe, expect, it } from 'vitest';
import { loadSimulation } from './bundle.ts';
import { MUTATIONS } from './mutations.ts';

const { STRATA_MODEL_SEED: SEED, STRATA_MODEL_SCHEDULES: SCHEDULES } = process.env;
const EXHAUSTIVE = SCHEDULES !== undefined;
/** Schedules in which a broken rule must be noticed; a rare one needs an unlikely meeting of three actors. */
const WITHIN = { common: 100, rare: 4000 } as const;
const HOUR = 3_600_000;

describe.skipIf(SEED !== undefined)('a broken rule is noticed', () => {
  for (const mutation of MUTATIONS) {
    it.skipIf(mutation.rare === true && !EXHAUSTIVE)(
      mutation.name,
      async () => {
        const simulate = await loadSimulation(mutation);
        const most = mutation.rare ? WITHIN.rare : WITHIN.common;
        for (let seed = 1; seed <= most; seed += 1) {
          const { failure } = await simulate(seed);
          if (failure) return;
        }
        expect.fail(`${mutation.file} was broken and ${most} schedules did not notice`);
      },
      HOUR,
    );
  }
});
