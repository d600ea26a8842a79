import { Decimal128, Double, Int32, Long } from 'mongodb';
import { expect, it } from 'vitest';
import { instantValue, integerValue, uuidValue } from './document-values.ts';

it.each([
  [new Int32(4), 4n],
  [new Double(4), 4n],
  [new Double(-0), 0n],
  [Long.fromString('9007199254740993'), 9007199254740993n],
  [Decimal128.fromString('4.00'), 4n],
  ['4', 4n],
  [' 4 ', 4n],
  ['4.0', 4n],
  ['-5', -5n],
  [new Double(4.5), null],
  [new Double(Number.NaN), null],
  [Decimal128.fromString('4.5'), null],
  ['4.5', null],
  ['five', null],
  ['', null],
  ['4e0', null],
  [null, null],
  [undefined, null],
  [true, null],
])('integer of %j is %s', (value, expected) => {
  expect(integerValue(value)).toBe(expected);
});

it.each([
  [new Date('2026-11-03T08:15:30.123Z'), '2026-11-03T08:15:30.123Z'],
  ['2026-11-03T08:15:30.123Z', '2026-11-03T08:15:30.123Z'],
  ['2026-11-03T10:15:30.123+02:00', '2026-11-03T08:15:30.123Z'],
  ['2026-11-03T10:15:30', null],
  ['2026-11-03', null],
  ['yesterday at noon', null],
  [Long.fromNumber(1_793_700_000_000), null],
  [null, null],
])('instant of %j is %s', (value, expected) => {
  expect(instantValue(value)).toBe(expected);
});

it.each([
  ['8F14E45F-CEEA-467F-9A0C-0123456789AB', '8f14e45f-ceea-467f-9a0c-0123456789ab'],
  ['tx-8f14e45f-ceea-467f-9a0c-0123456789ab', null],
  ['', null],
  [null, null],
])('uuid of %j is %s', (value, expected) => {
  expect(uuidValue(value)).toBe(expected);
});
