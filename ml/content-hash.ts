import { createHash } from 'node:crypto';
import type { Dataset } from './dataset.ts';

/** Of a training set: the same for the same columns, rows and labels in the same order. */
export function contentHash({ columns, target }: Dataset): string {
  const hash = createHash('sha256');
  for (const { name, kind, labels, values } of columns) {
    hash.update(`${JSON.stringify([name, kind, labels ?? null, values.length])}\n`);
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.update(target).digest('hex');
}
