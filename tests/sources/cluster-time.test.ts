import fc from 'fast-check';
import { expect, test } from 'vitest';
import { positionOf } from '../../sources/mongodb/cluster-time.ts';

const GREATEST_BIGINT = 2n ** 63n - 1n;
const uint32 = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n });
/** A server that counts 16 million writes within a second does not exist. */
const increment = fc.bigInt({ min: 0n, max: 2n ** 24n - 2n });

test('positions taken before 2030 keep their value', () => {
  expect(positionOf(1_793_318_400n, 7n)).toBe(1_793_318_400n * 2n ** 32n + 7n);
});

test('a position fits into a BIGINT to the last second that a cluster time can tell', () => {
  for (const seconds of [1_893_455_999n, 1_893_456_000n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n]) {
    const position = positionOf(seconds, 2n ** 32n - 1n);
    expect(position).toBeGreaterThan(0n);
    expect(position).toBeLessThanOrEqual(GREATEST_BIGINT);
  }
});

test('positions are in the order of cluster times, over 2030 and 2038', () => {
  fc.assert(
    fc.property(uint32, increment, uint32, increment, (s1, i1, s2, i2) => {
      const earlier = s1 < s2 || (s1 === s2 && i1 < i2);
      expect(positionOf(s1, i1) < positionOf(s2, i2)).toBe(earlier);
    }),
  );
  const around = [1_893_455_999n, 1_893_456_000n, 1_893_456_001n].flatMap((s) => [
    positionOf(s, 0n),
    positionOf(s, 9n),
  ]);
  expect([...around].sort((a, b) => (a < b ? -1 : 1))).toEqual(around);
});
