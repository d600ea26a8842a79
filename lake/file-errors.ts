import { StrataError } from '../core/errors.ts';

interface Meaning {
  readonly text: string;
  readonly hint: string;
  readonly kind: 'terminal' | 'transient';
}

const MEANINGS: Record<string, Meaning> = {
  ENOSPC: { text: 'the disk is full', hint: 'Free space, or point the lake at a larger disk.', kind: 'transient' },
  EDQUOT: { text: 'the disk quota is used up', hint: 'Raise the quota or free space.', kind: 'transient' },
  EFBIG: {
    text: 'the file is larger than the limit',
    hint: 'Raise the limit on file size (ulimit -f).',
    kind: 'terminal',
  },
  EACCES: { text: 'permission denied', hint: 'Give this user the right to write there.', kind: 'terminal' },
  EPERM: {
    text: 'not permitted',
    hint: 'The file system must allow hard links and this user to write.',
    kind: 'terminal',
  },
  EROFS: { text: 'the file system is read-only', hint: 'Mount it writable.', kind: 'terminal' },
  ENOTDIR: {
    text: 'a part of the path is a file',
    hint: 'Remove that file or choose another folder.',
    kind: 'terminal',
  },
  EMFILE: { text: 'too many open files', hint: 'Raise the limit on open files (ulimit -n).', kind: 'transient' },
  ENAMETOOLONG: { text: 'the name is too long', hint: 'Choose a shorter folder.', kind: 'terminal' },
};

export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** A failure of the file system as `storage`: what it means and what to do. */
export function fileError(error: unknown, doing: string, file: string): StrataError {
  if (error instanceof StrataError) return error;
  const code = codeOf(error);
  const meaning = code === undefined ? undefined : MEANINGS[code];
  const text = meaning?.text ?? (error instanceof Error ? error.message : String(error));
  return new StrataError('storage', `Cannot ${doing} ${file}: ${text}`, {
    where: file,
    cause: error,
    ...(meaning ? { hint: meaning.hint, kind: meaning.kind } : {}),
  });
}
