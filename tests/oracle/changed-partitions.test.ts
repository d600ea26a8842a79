import { expect, it } from 'vitest';
import { changedPartitions } from './changed-partitions.ts';

const row = (day: string, value: string) => ({ day, value });

it('names partitions with a changed, added or removed row, a doubled row, and those that appear or vanish', () => {
  const before = [row('1', 'a'), row('1', 'b'), row('2', 'c'), row('3', 'd'), row('4', 'e'), row('5', 'f')];
  const after = [
    row('1', 'b'),
    row('1', 'a'),
    row('2', 'C'),
    row('4', 'e'),
    row('4', 'e'),
    row('5', 'f'),
    row('6', 'g'),
  ];
  expect(changedPartitions(before, after, ({ day }) => day)).toEqual(['2', '3', '4', '6']);
});
