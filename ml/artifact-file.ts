import { createHash } from 'node:crypto';
import { StrataError } from '../core/errors.ts';
import type { ObjectStore } from '../core/object-store.ts';
import type { Artifact } from './registry.ts';

/** @throws corrupt when the file is gone or is not what was written */
export async function fetchVerified(store: ObjectStore, { path, sha256 }: Artifact): Promise<Uint8Array> {
  const refuse = (what: string): never => {
    throw new StrataError('corrupt', what, {
      where: store.uri(path),
      hint: 'Restore it from a backup of the lake, or let another version serve: strata model promote.',
    });
  };
  const bytes = await store.get(path);
  if (bytes === undefined) return refuse('A file that a model version names is gone');
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) refuse('A file that a model version names is not what was written: its hash differs');
  return bytes;
}
