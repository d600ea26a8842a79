import { expect, test } from 'vitest';
import { tableDifference } from '../../core/cut-difference.ts';

const early = new Map([
  ['2026-11-01', 3],
  ['2026-11-02', 5],
  ['2026-11-03', 5],
]);
const late = new Map([
  ['2026-11-01', 3],
  ['2026-11-02', 9],
  ['2026-11-04', 9],
]);

test('forward: what moved or came is replaced, what went is dropped', () => {
  expect(tableDifference(early, late)).toEqual({ replace: ['2026-11-02', '2026-11-04'], drop: ['2026-11-03'] });
});

test('backward: the same partitions, the other way round', () => {
  expect(tableDifference(late, early)).toEqual({ replace: ['2026-11-02', '2026-11-03'], drop: ['2026-11-04'] });
});

test('from nothing: everything', () => {
  expect(tableDifference(new Map(), early)).toEqual({ replace: [...early.keys()], drop: [] });
});
