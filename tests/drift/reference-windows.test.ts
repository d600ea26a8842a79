import { describe, expect, it } from 'vitest';
import { instant } from '../../core/instant.ts';
import { resolveReference } from '../../drift/reference-windows.ts';

const span = (start: string, end: string) => ({ start: instant(start), end: instant(end) });
const current = span('2026-11-13', '2026-11-20');

describe('the reference', () => {
  it('is the training set, the time just before, or the same days of earlier years', () => {
    const training = span('2026-08-01', '2026-10-01');
    expect(resolveReference({ kind: 'training', interval: training }, current)).toEqual({
      intervals: [training],
      label: 'training set [2026-08-01, 2026-10-01)',
    });
    expect(resolveReference({ kind: 'rolling', length: '28 days' }, current)).toEqual({
      intervals: [span('2026-10-16', '2026-11-13')],
      label: 'the 28 days before [2026-10-16, 2026-11-13)',
    });
    expect(resolveReference({ kind: 'season', back: 'year', times: 2, widen: '3 days' }, current).intervals).toEqual([
      span('2025-11-10', '2025-11-23'),
      span('2024-11-10', '2024-11-23'),
    ]);
    expect(resolveReference({ kind: 'season', back: 'week' }, current).intervals).toEqual([
      span('2026-11-06', '2026-11-13'),
    ]);
  });

  it('takes the 29th of February as the 28th in other years', () => {
    const leap = span('2028-02-29', '2028-03-01');
    expect(resolveReference({ kind: 'season', back: 'year' }, leap).intervals).toEqual([
      span('2027-02-28', '2027-03-01'),
    ]);
  });

  it('never reaches into what is looked at', () => {
    const ask = () => resolveReference({ kind: 'season', back: 'week', widen: '2 days' }, current);
    expect(ask).toThrow(/reaches into \[2026-11-13, 2026-11-20\)/);
    expect(() => resolveReference({ kind: 'training', interval: span('2026-11-01', '2026-11-14') }, current)).toThrow(
      /Rows compared with themselves|reaches into/,
    );
  });
});
