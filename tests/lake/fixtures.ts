import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

// Child processes use these without vitest.
export * from './fixtures.files.ts';

/** A folder that is gone when the test is. */
export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-lake-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
