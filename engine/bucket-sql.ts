import { BUCKET_OF_NULL, bucketNames } from '../core/buckets.ts';
import type { PartitionBy } from '../core/dataset.ts';
import { ident, literal } from './sql-text.ts';

type BucketBy = PartitionBy & { readonly kind: 'bucket' };

/** The number of a row's bucket, as core/buckets.ts defines it. */
const numberSql = ({ column, count }: BucketBy): string =>
  `coalesce(('0x' || substr(md5(${ident(column)}::VARCHAR), 1, 8))::BIGINT % ${count}, ${BUCKET_OF_NULL})`;

/** The partition's name of a row. */
export const bucketSql = (by: BucketBy): string =>
  `([${bucketNames(by.count).map(literal).join(', ')}])[1 + ${numberSql(by)}]`;

/** Is a row in one of these partitions? */
export function inBucketsSql(by: BucketBy, partitions: readonly string[]): string {
  const all = bucketNames(by.count);
  const numbers = partitions.map((name) => all.indexOf(name));
  return numbers.length === all.length ? 'true' : `${numberSql(by)} IN (${numbers.join(', ')})`;
}
