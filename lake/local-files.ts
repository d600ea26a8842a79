import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileError } from './file-errors.ts';
import type { ObjectStore } from './object-store.ts';
import { inParallel } from './parallel.ts';

const DOWNLOADS_AT_ONCE = 16;

/** A folder for the time of one piece of work. */
export async function withTempFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-')).catch((error: unknown) => {
    throw fileError(error, 'make a folder in', tmpdir());
  });
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The objects as local files, in the same order: those of a local store themselves, others as copies that go afterwards. */
export async function withLocalFiles<T>(
  store: ObjectStore,
  paths: readonly string[],
  work: (files: readonly string[]) => Promise<T>,
): Promise<T> {
  const uris = paths.map((path) => store.uri(path));
  if (uris.every((uri) => !uri.includes('://'))) return work(uris);
  return withTempFolder(async (folder) => {
    const numbered = paths.map((path, i) => ({ path, file: join(folder, `${i}`) }));
    await inParallel(numbered, DOWNLOADS_AT_ONCE, ({ path, file }) => store.getFile(path, file));
    return work(numbered.map(({ file }) => file));
  });
}
