import { StrataError } from '../core/errors.ts';

const MEANINGS: Readonly<Record<string, readonly [said: string, hint: string]>> = {
  ENOSPC: ['the disk is full', 'Free space, or set STRATA_TEMP to a folder on a larger disk.'],
  EDQUOT: ['the disk quota is used up', 'Raise the quota, or set STRATA_TEMP to a folder on another disk.'],
  EFBIG: ['the file is larger than the limit', 'Raise the limit on file size (ulimit -f) of the worker.'],
};

/** A failure to write a staged file as `storage`; others pass unchanged. Without it a full disk here is blamed on the source. */
export function diskFault(error: unknown, file: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const meaning = MEANINGS[code];
  if (!meaning) return error;
  return new StrataError('storage', `Cannot write ${file}: ${meaning[0]}`, {
    where: file,
    hint: meaning[1],
    cause: error,
  });
}

/** Said by us or by DuckDB: this machine has no room, whatever the source does. */
export const isDiskFault = (error: unknown): error is StrataError =>
  error instanceof StrataError &&
  error.code === 'storage' &&
  /^Cannot write |No space left|File too large|quota exceeded|max_temp_directory_size/i.test(error.message);
