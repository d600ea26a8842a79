import { expect, test } from 'vitest';
import { canonicalCron, cronOnServer } from '../../cli/cron.ts';
import { StrataError } from '../../core/errors.ts';

const canonical = (cron: string) => canonicalCron(cron, 'nightly');

test('texts that mean the same are the same', () => {
  expect(canonical('0 2 * * *')).toBe('0 2 * * *');
  expect(canonical(' 0  2 1-31 */1 0-6 ')).toBe('0 2 * * *');
  expect(canonical('*/20 * * * *')).toBe('0,20,40 * * * *');
  expect(canonical('0 0 * * 1-5')).toBe(canonical('0 0 * * 5,4,3,2,1'));
  expect(canonical('0 0 * * 7')).toBe('0 0 * * 0');
  expect(canonical('5/30 8-10,9 * * *')).toBe('5,35 8-10 * * *');
});

test.for([
  ['0 2 * *', 'has 4 fields'],
  ['60 2 * * *', 'no valid minute: 60'],
  ['0 24 * * *', 'no valid hour: 24'],
  ['0 2 0 * *', 'no valid day of month: 0'],
  ['0 2 * 13 *', 'no valid month: 13'],
  ['0 2 * * MON', 'no valid day of week: MON'],
  ['*/0 2 * * *', 'no valid minute: */0'],
  ['9-5 2 * * *', 'no valid minute: 9-5'],
  ['0 2 1 * 1', 'restricts both'],
] as const)('%s is refused: %s', ([cron, message]) => {
  expect(() => canonical(cron)).toThrow(StrataError);
  expect(() => canonical(cron)).toThrow(message);
});

test('what somebody made by hand is told, even where no cron says it', () => {
  const spec = { calendars: [], intervals: [{ every: 3_600_000, offset: 0 }], skip: [] } as never;
  expect(cronOnServer(spec)).toBe('every 3600 s');
  expect(cronOnServer({} as never)).toBe('never');
});
