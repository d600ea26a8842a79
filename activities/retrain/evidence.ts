import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { StrataError } from '../../core/errors.ts';
import type { ObjectStore } from '../../core/object-store.ts';
import type { FileRef } from './retrain.types.ts';

/** Files are named by their content: written twice they are the same file, and none is ever changed. */
export async function keep(
  store: ObjectStore,
  folder: string,
  name: string,
  content: Uint8Array | string,
): Promise<FileRef> {
  const sha256 = createHash('sha256').update(content).digest('hex');
  const dot = name.lastIndexOf('.');
  const path = `${folder}/${name.slice(0, dot)}-${sha256.slice(0, 16)}${name.slice(dot)}`;
  await store.putIfAbsent(path, content);
  return { path, sha256 };
}

/** The same for a local file of any size. */
export async function keepFile(store: ObjectStore, folder: string, name: string, file: string): Promise<FileRef> {
  const sha256 = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  const dot = name.lastIndexOf('.');
  const path = `${folder}/${name.slice(0, dot)}-${sha256.slice(0, 16)}${name.slice(dot)}`;
  await store.putFile(path, file).catch((error: unknown) => {
    if (!(error instanceof StrataError && error.code === 'conflict')) throw error;
  });
  return { path, sha256 };
}
