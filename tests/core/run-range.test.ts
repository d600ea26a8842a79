import { expect, test } from 'vitest';
import { StrataError } from '../../core/errors.ts';
import { instant } from '../../core/instant.ts';
import { printInterval } from '../../core/interval.ts';
import { lastComplete, resolveRunRange } from '../../core/run-range.ts';

const nightly = { name: 'nightly', start: instant('2026-11-01'), grain: 'day' } as const;
const NOW = instant('2026-11-15T02:00:00Z');
const range = (input: { from?: string; to?: string }) => printInterval(resolveRunRange(nightly, input, NOW));

function refused(input: { from?: string; to?: string }): StrataError {
  try {
    resolveRunRange(nightly, input, NOW);
  } catch (error) {
    if (error instanceof StrataError) return error;
    throw error;
  }
  throw new Error('The range was accepted');
}

test('both ends are inclusive; without dates it is the last complete interval', () => {
  expect(range({ from: '2026-11-01', to: '2026-11-11' })).toBe('[2026-11-01, 2026-11-12)');
  expect(range({ from: '2026-11-03' })).toBe('[2026-11-03, 2026-11-04)');
  expect(range({})).toBe('[2026-11-14, 2026-11-15)');
  expect(printInterval(lastComplete({ grain: 'month' }, NOW))).toBe('[2026-10-01, 2026-11-01)');
  expect(printInterval(lastComplete({ grain: 'hour' }, NOW))).toBe('[2026-11-15T01:00:00Z, 2026-11-15T02:00:00Z)');
});

test('the day that is not over yet may be asked for, the next one may not', () => {
  expect(range({ from: '2026-11-15' })).toBe('[2026-11-15, 2026-11-16)');
  expect(refused({ from: '2026-11-14', to: '2026-11-16' }).describe()).toContain('2026-11-16 is in the future');
});

test('what is wrong says what is valid', () => {
  const valid = 'Valid: 2026-11-01 to 2026-11-15 (UTC, both inclusive).';
  expect(refused({ from: '2026-10-31' })).toMatchObject({ code: 'bad_input', hint: valid });
  expect(refused({ from: '2027-01-01' })).toMatchObject({ code: 'bad_input', hint: valid });
  expect(refused({ to: '2026-11-03' }).hint).toContain(valid);
  expect(refused({ from: '2026-11-05', to: '2026-11-03' }).message).toContain('reversed');
  expect(refused({ from: '2026-02-30' }).message).toContain('Not a date');
  expect(refused({ from: 'yesterday' }).hint).toContain('2026-11-01');
});
