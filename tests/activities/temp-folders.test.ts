import { mkdir, mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sweepTempFolders, withAttempt } from '../../activities/attempt.ts';
import { openSession } from '../../engine/session.ts';

const HOURS = 3_600;
let temp: string;
beforeAll(async () => {
  temp = await mkdtemp(join(tmpdir(), 'strata-temp-folders-'));
});
afterAll(() => rm(temp, { recursive: true }));

async function age(hours: number): Promise<void> {
  const then = Date.now() / 1000 - hours * HOURS;
  for (const name of await readdir(temp)) await utimes(join(temp, name), then, then);
}

test('what a killed worker left is removed after two days, and nothing else', async () => {
  await mkdir(join(temp, 'strata-put-1'));
  await mkdir(join(temp, 'somebody-elses'));
  await using _ = await openSession({ memoryLimit: '64MB', threads: 1, tempDirectory: temp });
  await withAttempt(temp, async () => {
    // As if the process ended here.
    expect((await readdir(temp)).sort()).toEqual([
      'somebody-elses',
      expect.stringMatching(/^strata-attempt-/),
      expect.stringMatching(/^strata-duckdb-/),
      'strata-put-1',
    ]);
    await age(47);
    await sweepTempFolders(temp);
    expect(await readdir(temp)).toHaveLength(4);
    await age(49);
    await sweepTempFolders(temp);
    expect(await readdir(temp)).toEqual(['somebody-elses']);
  });
});
