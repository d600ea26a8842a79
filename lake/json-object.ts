import { z } from 'zod';
import { StrataError } from '../core/errors.ts';
import type { ObjectStore } from './object-store.ts';

/** A small JSON object. @returns undefined when there is none. @throws corrupt when it is not of this shape. */
export async function readJson<T>(store: ObjectStore, path: string, shape: z.ZodType<T>): Promise<T | undefined> {
  const bytes = await store.get(path);
  if (!bytes) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new StrataError('corrupt', 'The file is not JSON', { where: store.uri(path), cause });
  }
  const result = shape.safeParse(json);
  if (result.success) return result.data;
  throw new StrataError('corrupt', `The file cannot be used: ${z.prettifyError(result.error)}`, {
    where: store.uri(path),
    hint: 'Restore it from a backup of the lake, or upgrade if a newer Strata wrote it.',
  });
}
