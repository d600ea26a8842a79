import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** What one attempt of an activity calls its own: nothing with its name was there before or will be again. */
export interface Attempt {
  readonly id: string;
  /** Empty, removed at the end. */
  readonly directory: string;
}

export async function withAttempt<T>(temp: string, work: (attempt: Attempt) => Promise<T>): Promise<T> {
  const id = randomUUID();
  const directory = join(temp, `strata-attempt-${id}`);
  await mkdir(directory, { recursive: true });
  try {
    return await work({ id, directory });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
