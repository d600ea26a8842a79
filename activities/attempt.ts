import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What one attempt of an activity calls its own: nothing with its name was there before or will be again. */
export interface Attempt {
  readonly id: string;
  /** Empty, removed at the end. */
  readonly directory: string;
}

const PREFIX = 'strata-attempt-';
/** Of attempts, of DuckDB sessions that spill, and of uploads to Snowflake. */
const TEMP_FOLDER = /^strata-(attempt|duckdb|put)-/;
/** Longer than any activity may take. */
const LEFT_BEHIND_MILLIS = 2 * 86_400_000;

/** Removes what killed workers left behind. Others may work in the same folder: young ones stay. */
export async function sweepTempFolders(temp: string): Promise<void> {
  for (const name of await readdir(temp)) {
    if (!TEMP_FOLDER.test(name)) continue;
    const folder = join(temp, name);
    const modified = await stat(folder).then(
      ({ mtimeMs }) => mtimeMs,
      () => Number.POSITIVE_INFINITY,
    );
    if (Date.now() - modified > LEFT_BEHIND_MILLIS) await rm(folder, { recursive: true, force: true });
  }
}

export async function withAttempt<T>(temp: string, work: (attempt: Attempt) => Promise<T>): Promise<T> {
  const id = randomUUID();
  const directory = join(temp, `${PREFIX}${id}`);
  await mkdir(directory, { recursive: true });
  try {
    return await work({ id, directory });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
