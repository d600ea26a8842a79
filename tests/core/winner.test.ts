import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareRank, type Rank, winner } from '../../core/winner.ts';

const rank = fc.record<Rank>({
  latestBy: fc.option(fc.integer({ min: 0, max: 3 })),
  position: fc.integer({ min: 0, max: 3 }),
  tie: fc.constantFrom('a', 'b'),
  version: fc.integer({ min: 0, max: 2 }),
});

it('is a total order, so that any order of merging gives one winner', () => {
  fc.assert(
    fc.property(rank, rank, rank, (a, b, c) => {
      expect(Math.sign(compareRank(a, b)) + Math.sign(compareRank(b, a))).toBe(0);
      if (compareRank(a, b) <= 0 && compareRank(b, c) <= 0) expect(compareRank(a, c)).toBeLessThanOrEqual(0);
    }),
  );
  fc.assert(
    fc.property(
      fc
        .array(rank, { minLength: 1 })
        .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
      ([all, shuffled]) => {
        expect(winner(shuffled)).toEqual(winner(all));
      },
    ),
  );
});

it('goes by version, latestBy, then position, then tie; null loses', () => {
  const of = (latestBy: number | null, position: number, tie = '') => ({ latestBy, position, tie });
  expect(compareRank(of(2, 1), of(1, 9))).toBe(1);
  expect(compareRank(of(1, 2), of(1, 1))).toBe(1);
  expect(compareRank(of(1, 1, 'a'), of(1, 1, 'b'))).toBe(-1);
  expect(compareRank(of(null, 9), of(1, 1))).toBe(-1);
  expect(compareRank({ ...of(1, 9), version: 9 }, { ...of(2, 1), version: 1 })).toBe(1);
});
