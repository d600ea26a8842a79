import { describe, expect, it } from 'vitest';
import { applicationClock, cursor, databaseClock, snapshot } from '../../core/builders.ts';
import { coverageOf, type Look } from '../../sources/coverage.ts';

const at = (text: string) => `2026-11-${text}:00.000000Z`;
const look = (change: Partial<Look>): Look => ({
  at: at('20T12:00'),
  observedAt: at('20T12:00'),
  position: '7',
  oldestOpen: null,
  least: at('01T00:00'),
  greatest: at('10T06:00'),
  ...change,
});

describe('coverage of an application clock', () => {
  const how = cursor('updated_at', applicationClock({ lateness: '1 hour' }));

  it('reaches the end of the asked range, settled to the greatest cursor less the lateness', () => {
    const request = { lower: at('09T00:00'), upper: null, rangeEnd: at('11T00:00') };
    expect(coverageOf(how, request, look({}))).toEqual({
      covered: { start: at('09T00:00'), end: at('11T00:00') },
      settledTo: at('10T05:00'),
      position: '7',
      observedAt: at('20T12:00'),
    });
  });

  it('reaches behind the asked range as far as rows were seen', () => {
    const request = { lower: at('09T00:00'), upper: null, rangeEnd: at('10T00:00') };
    expect(coverageOf(how, request, look({})).covered.end).toBe('2026-11-10T06:00:00.000001Z');
  });

  it('simulated time before the wall clock: now is what the caller says', () => {
    const request = { lower: at('09T00:00'), upper: null, rangeEnd: at('12T00:00') };
    expect(coverageOf(how, request, look({ observedAt: at('11T02:00') })).covered.end).toBe(at('11T02:00'));
  });

  it('simulated time after the wall clock: rows of the future are covered, the rest of the range is not', () => {
    const request = { lower: at('25T00:00'), upper: null, rangeEnd: at('27T00:00') };
    const entry = coverageOf(how, request, look({ greatest: at('26T10:00') }));
    expect(entry.covered).toEqual({ start: at('25T00:00'), end: '2026-11-26T10:00:00.000001Z' });
  });

  it('an upper bound is the end, and settles no further', () => {
    const request = { lower: at('01T00:00'), upper: at('05T00:00') };
    const entry = coverageOf(how, request, look({}));
    expect(entry).toMatchObject({ covered: { end: at('05T00:00') }, settledTo: at('05T00:00') });
  });

  it('an empty table settles nothing', () => {
    const request = { lower: at('01T00:00'), upper: null, rangeEnd: at('05T00:00') };
    expect(coverageOf(how, request, look({ least: null, greatest: null }))).toMatchObject({
      covered: { start: at('01T00:00'), end: at('05T00:00') },
      settledTo: at('01T00:00'),
    });
  });

  it('a bootstrap begins with the oldest row; without any, at the look', () => {
    expect(coverageOf(how, { lower: null, upper: null }, look({})).covered.start).toBe(at('01T00:00'));
    const empty = coverageOf(how, { lower: null, upper: null }, look({ least: null, greatest: null }));
    expect(empty.covered).toEqual({ start: at('20T12:00'), end: at('20T12:00') });
  });

  it('a table whose rows are all older than the range', () => {
    const entry = coverageOf(how, { lower: at('15T00:00'), upper: null, rangeEnd: at('16T00:00') }, look({}));
    expect(entry).toMatchObject({ covered: { start: at('15T00:00'), end: at('16T00:00') }, settledTo: at('15T00:00') });
  });
});

describe('coverage of a database clock', () => {
  const how = cursor('updated_at', databaseClock({ skew: '5 seconds' }));

  it('reaches the snapshot by the server, whatever the caller calls now', () => {
    const entry = coverageOf(
      how,
      { lower: at('01T00:00'), upper: null },
      look({ oldestOpen: at('20T11:59'), observedAt: at('30T00:00') }),
    );
    expect(entry.covered.end).toBe(at('20T12:00'));
    expect(entry.settledTo).toBe('2026-11-20T11:58:55.000000Z');
  });

  it('settles nothing where open transactions cannot be seen', () => {
    expect(coverageOf(how, { lower: at('01T00:00'), upper: null }, look({})).settledTo).toBe(at('01T00:00'));
  });
});

it('a snapshot covers its day and is settled up to the look', () => {
  expect(coverageOf(snapshot(), { lower: null, upper: null }, look({}))).toEqual({
    covered: { start: at('20T00:00'), end: at('21T00:00') },
    settledTo: at('20T12:00'),
    position: '7',
    observedAt: at('20T12:00'),
  });
});
