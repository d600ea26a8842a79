import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { until } from '../workflows/until.ts';
import type { Company } from './company.ts';
import { figure } from './figures.ts';
import { at, MOMENTS } from './moments.ts';
import { resultOf } from './result-of.ts';
import { retrying, startRun } from './runs.ts';
import { smallDisk } from './small-disk.ts';
import { WorkerProcess } from './strata.process.ts';
import { DAYS, twoDays } from './two-days.ts';
import { expectReadable, expectRight } from './visible.ts';

/** What Temporal's server says of it. */
const HEARTBEAT_TIMEOUT = 'activity Heartbeat timeout';

const disks = [smallDisk(64), smallDisk(64)];
const noDisk = disks.includes(undefined) ? ' (skipped: no file system can be mounted here)' : '';
const canLift: boolean = ['/usr/bin/prlimit', '/bin/prlimit'].some((path) => existsSync(path));

await describeWith(['temporal', 'postgres', 'mongodb'], 'no room', (addresses) => {
  // The last of all: what is done after the tests is done in reverse order.
  afterAll(() => {
    for (const disk of disks) disk?.unmount();
  });
  const days = twoDays(addresses);

  /**
   * Waits for an activity that failed and will be tried again: on a busy machine all before it takes minutes, and one
   * whose signs of life came too late is only tried again.
   */
  const firstFailure = (company: Company): Promise<string> =>
    until(async () => {
      const messages = Object.values(await retrying(company));
      return messages.find((message) => message !== HEARTBEAT_TIMEOUT);
    }, 4 * MINUTES);

  (canLift ? test.concurrent : test.skip).each([
    ['staged rows', 8, /strata-attempt-.*parquet/],
    ['the warehouse', 1024, /analytics\.next.*duckdb/],
  ] as const)(
    `a limit on file size that %s do not fit: says so, shows nothing half-written, goes on when it is lifted${canLift ? '' : ' (skipped: there is no prlimit here)'}`,
    { timeout: 8 * MINUTES },
    (what, kibibytes, file) =>
      days.with(addresses, async (company) => {
        // Without the trap the signal would end the process.
        const worker = await WorkerProcess.start(company, { shell: `trap '' XFSZ; ulimit -S -f ${kibibytes};` });
        const handle = await startRun(company, 1, DAYS);
        const said = await firstFailure(company);
        // By DuckDB's or by Node's writer, whichever comes to the limit first.
        expect(said).toMatch(/File too large|larger than the limit/);
        expect(said).toMatch(file);
        expect(said).toContain('ulimit -f');
        figure(`a limit that ${what} do not fit says`, said.split('\n'));
        await expectReadable(company);
        expect(existsSync(join(company.folder, 'analytics.duckdb'))).toBe(false);
        execFileSync('prlimit', ['--pid', String(worker.pid), '--fsize=unlimited']);
        expect(await resultOf(handle)).toMatchObject({ published: { cut: 1 } });
        await expectRight(company, `after ${what} did not fit`);
      }),
  );

  (noDisk ? test.skip : test.concurrent).each([
    ['the lake', 0, (folder: string) => ({ STRATA_LAKE: pathToFileURL(join(folder, 'lake')).href })],
    ['the temporary files', 1, (folder: string) => ({ STRATA_TEMP: join(folder, 'temp') })],
  ] as const)(
    `a full disk below %s: says so, shows nothing half-written, goes on when there is room${noDisk}`,
    { timeout: 8 * MINUTES },
    (what, n, variablesOn) => {
      const { folder, fill, clear } = disks[n]!;
      return days.with({ ...addresses, variables: variablesOn(folder) }, async (company) => {
        await WorkerProcess.start(company);
        const full = at(MOMENTS.ingested, company, fill);
        const handle = await startRun(company, 1, DAYS);
        await full;
        const said = await firstFailure(company);
        expect(said).toMatch(/disk is full|No space left/);
        expect(said).toContain(folder);
        expect(said).toMatch(/do: Free/);
        figure(`a full disk below ${what} says`, said.split('\n'));
        await expectReadable(company);
        expect(existsSync(join(company.folder, 'analytics.duckdb'))).toBe(false);
        clear();
        expect(await resultOf(handle)).toMatchObject({ published: { cut: 1 } });
        await expectRight(company, `after the disk of ${what} was full`);
      });
    },
  );
});
