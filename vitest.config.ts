import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/servers.setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    // Two cores run real servers beside the tests: more workers only make them time out.
    maxWorkers: 2,
    provide: { full: process.env.STRATA_TEST_FULL === '1', writeDocs: process.env.STRATA_WRITE_DOCS === '1' },
  },
});
