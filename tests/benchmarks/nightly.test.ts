import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareSides } from '../../benchmarks/nightly/compare.ts';
import { fullRun } from '../full-run.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';

const ROWS = '300';
const BENCH = fileURLToPath(new URL('../../benchmarks/start.mjs', import.meta.url));

// Servers of its own: its sides are measured alone. The shared ones only tell whether this machine has them.
await describeWith(['temporal', 'postgres', 'mongodb'], 'the nightly benchmark', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-bench-test-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.runIf(fullRun)(
    'gives figures of two sides that did the same work, and sees a difference',
    {
      timeout: 10 * MINUTES,
    },
    async () => {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [BENCH, 'nightly', '--rows', ROWS, '--pairs', '1', '--memory', '1GB'],
        { env: { ...ofTheMachine(), STRATA_DATA: folder } },
      );
      expect(stdout).toContain('Both sides hold the same rows in every table of lake and warehouse.');
      expect(stdout).toMatch(/\| \*\*median\*\* \| [\d.]+ \| [\d.]+ \|/);

      const work = join(folder, `bench/nightly-${ROWS}/work`);
      const table = join(work, 'plain/lake/gold/fact_payment');
      const [partition] = await readdir(table);
      await rm(join(table, partition!), { recursive: true });
      await expect(compareSides(work)).rejects.toThrow('gold.fact_payment');
    },
  );
});

/** Without what the tests set for themselves. */
const ofTheMachine = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => name === 'STRATA_CACHE' || !/^STRATA_|^TEMPORAL_|^POSTGRES_URL|^MONGODB_URL/.test(name),
    ),
  );
