import { defineConfig } from 'vitest/config';
import { MINUTES } from './tests/patience.ts';

/** Folders whose tests start workers, servers or programs, or change the process: each file in a process of its own. */
const ALONE = [
  'benchmarks',
  'cli',
  'demo',
  'docs',
  'e2e',
  'retrain',
  'score',
  'services',
  'sources',
  'warehouse',
  'workflows',
];
const filesOf = (folders: readonly string[]) => folders.map((folder) => `tests/${folder}/**/*.test.ts`);

const patience = { testTimeout: MINUTES, hookTimeout: 3 * MINUTES };

export default defineConfig({
  test: {
    globalSetup: ['tests/servers.setup.ts'],
    // Two cores run real servers beside the tests: more workers only make them time out.
    maxWorkers: 2,
    provide: { full: process.env.STRATA_TEST_FULL === '1', writeDocs: process.env.STRATA_WRITE_DOCS === '1' },
    // Without `extends`: a project that inherited the set-up would start servers of its own.
    projects: [
      { test: { ...patience, name: 'alone', include: filesOf(ALONE) } },
      // Loading the same modules again for each file took most of the time of these.
      {
        test: { ...patience, name: 'shared', include: ['tests/**/*.test.ts'], exclude: filesOf(ALONE), isolate: false },
      },
    ],
  },
});
