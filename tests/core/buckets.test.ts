import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { bucketNames } from '../../core/buckets.ts';
import { bucket, day, whole } from '../../core/builders.ts';
import type { PartitionBy } from '../../core/dataset.ts';
import { feeds, inputView, madeFrom } from '../../core/partitions.ts';
import { bucketSql, inBucketsSql } from '../../engine/bucket-sql.ts';
import { openSession } from '../../engine/session.ts';
import { ledgerOf } from './fixtures.ts';

type BucketBy = PartitionBy & { kind: 'bucket' };

test('names sort as numbers do, and say of how many', () => {
  expect(bucketNames(3)).toEqual(['b00of3', 'b01of3', 'b02of3']);
  expect(bucketNames(101).slice(-2)).toEqual(['b099of101', 'b100of101']);
});

/** As documented: the first 32 bits of the md5 of the key's text, modulo the count. */
const plain = (key: string | null, count: number): number =>
  key === null ? 0 : createHash('md5').update(key).digest().readUInt32BE(0) % count;

test('a row lies in the bucket that plain code gives; null in the first', async () => {
  await using session = await openSession({ memoryLimit: '256MB', threads: 1 });
  for (const count of [1, 7, 64, 256]) {
    const by = bucket('k', count) as BucketBy;
    const rows = await session.rows<{ k: string | null; p: string; chosen: boolean }>(
      `SELECT k, ${bucketSql(by)} AS p, ${inBucketsSql(by, bucketNames(count).slice(0, Math.ceil(count / 2)))} AS chosen
       FROM (SELECT CASE WHEN i > 0 THEN 'käse ' || i END AS k FROM range(300) t(i))`,
    );
    for (const { k, p, chosen } of rows) {
      expect(p).toBe(bucketNames(count)[plain(k, count)]);
      expect(chosen).toBe(plain(k, count) < Math.ceil(count / 2));
    }
    const [number] = await session.rows<{ p: string }>(`SELECT ${bucketSql(by)} AS p FROM (SELECT 42 AS k)`);
    expect(number?.p).toBe(bucketNames(count)[plain('42', count)]);
  }
});

test('buckets of one key and count feed each other; everything else feeds every bucket', () => {
  const aligned = { kind: 'aligned' } as const;
  const by8 = bucket('id', 8);
  expect(madeFrom(aligned, by8, bucket('id', 8), 'b03of8')).toBe('same');
  expect(feeds(aligned, by8, bucket('id', 8), 'b03of8')).toEqual(['b03of8']);
  for (const other of [bucket('id', 4), bucket('key', 8), whole(), day('at')]) {
    expect(madeFrom(aligned, other, by8, 'b03of8')).toBe('every');
    expect(feeds(aligned, other, by8, other.kind === 'time' ? '2026-11-01' : 'b00of8')).toBe('every');
  }
  expect(madeFrom({ kind: 'all' }, by8, bucket('id', 8), 'b03of8')).toBe('every');
  expect(feeds(aligned, by8, day('at'), 'b03of8')).toBe('every');

  const ledger = ledgerOf('silver.version', [
    { partitions: { b00of8: 'x', b01of8: 'x', b01of4: 'old' } },
    { partitions: { b01of8: 'y' } },
  ]);
  const view = inputView(aligned, by8, bucket('id', 8), ledger);
  expect([view.newest('b00of8')?.version, view.newest('b01of8')?.version, view.newest('b02of8')]).toEqual([
    0,
    1,
    undefined,
  ]);
  expect(inputView(aligned, by8, day('at'), ledger).newest('2026-11-01')?.version).toBe(1);
});
