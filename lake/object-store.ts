import { StrataError } from '../core/errors.ts';
import type { ByteRange } from '../core/object-store.ts';

export type { ByteRange, ListOptions, ObjectInfo, ObjectStore } from '../core/object-store.ts';

/** @throws internal on a path that could leave the store or mean two objects. */
export function assertPath(path: string): void {
  const bad = path === '' || path.includes('\0') || path.includes('\\');
  if (bad || path.split('/').some((part) => part === '' || part === '.' || part === '..')) {
    throw new StrataError('internal', `Not a path of an object: ${JSON.stringify(path)}`);
  }
}

/** @throws internal on an empty range: stores disagree about what that is. */
export function assertRange({ start, end }: ByteRange): void {
  if (start < 0 || end <= start) throw new StrataError('internal', `Not a range of bytes: [${start}, ${end})`);
}

export const bytesOf = (content: Uint8Array | string): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;

/** Where bytes and text meet: a log that is not UTF-8 must not be read as something else. */
export const textOf = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes);

export function alreadyThere(uri: string): StrataError {
  return new StrataError('conflict', `${uri} exists already; objects are never overwritten`, {
    kind: 'terminal',
    hint: 'Give every attempt its own file names.',
  });
}

export function missingObject(uri: string): StrataError {
  return new StrataError('storage', `${uri} does not exist`, {
    kind: 'terminal',
    hint: 'Was it deleted by hand, or vacuumed with too short a grace period?',
  });
}
