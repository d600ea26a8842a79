import { randomUUID } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StrataError } from '../core/errors.ts';

const FULL = new Set(['ENOSPC', 'EFBIG', 'EDQUOT']);

export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;

/** A failure of the file system as the project's error type; others pass unchanged. */
export function toStorageError(error: unknown, path: string): unknown {
  const code = errorCode(error);
  if (error instanceof StrataError || code === undefined) return error;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new StrataError('access_denied', `${path} may not be written (${code})`, {
      where: path,
      hint: 'Give the worker the right to write in this folder.',
      cause: error,
    });
  }
  return new StrataError('storage', FULL.has(code) ? `No room for ${path} (${code})` : `${path}: ${code}`, {
    where: path,
    hint: FULL.has(code)
      ? 'Free disk space: publishing needs room for a second copy of the warehouse. Readers keep the last cut.'
      : 'Check the disk and the folder. Readers keep the last cut.',
    cause: error,
  });
}

/** Writes a file's data, or a folder's names, through to the disk: a crash of the machine must not undo their order. */
export async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Renames and makes it last. @returns false when the source does not exist. */
export async function renameDurably(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw toStorageError(error, to);
  }
  await flush(dirname(to));
  return true;
}

/** Creates a file with all of its content at once. @returns false when the name is taken. */
export async function createExclusively(path: string, content: string): Promise<boolean> {
  const temporary = join(dirname(path), `.${randomUUID()}.tmp`);
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(temporary, path);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw toStorageError(error, path);
  } finally {
    await rm(temporary, { force: true });
  }
  await flush(dirname(path));
  return true;
}
