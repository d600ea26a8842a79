import type { PartitionBy } from './dataset.ts';
import { StrataError } from './errors.ts';

/** More partitions than this are many small files for every reader. */
const MOST = 256;

/**
 * Cuts a table by a hash of its key: all rows of one key lie in one partition. A row's bucket is the first 32 bits of the
 * md5 of the key's text, modulo `count`, so that no upgrade of an engine moves rows; null lies in the first.
 * @param column a text() or a whole number
 * @param count 1 to 256; another count later is another table: it is made anew
 */
export function bucket(column: string, count: number): PartitionBy {
  if (!Number.isInteger(count) || count < 1 || count > MOST) {
    throw new StrataError(
      'bad_definition',
      `bucket(${JSON.stringify(column)}, ${count}): there are 1 to ${MOST} buckets`,
    );
  }
  return { kind: 'bucket', column, count };
}

/** `b00of8`, `b01of8` ... in order. The count is part of the name: another one is another layout, in which nothing of this one may stay. */
export function bucketNames(count: number): string[] {
  const width = Math.max(2, String(count - 1).length);
  return Array.from({ length: count }, (_, i) => `b${String(i).padStart(width, '0')}of${count}`);
}

/** The bucket of rows whose key is null. */
export const BUCKET_OF_NULL = 0;

/** Do these two hold the same key in the partition of the same name? */
export const sameBuckets = (a: PartitionBy, b: PartitionBy): boolean =>
  a.kind === 'bucket' && b.kind === 'bucket' && a.column === b.column && a.count === b.count;
