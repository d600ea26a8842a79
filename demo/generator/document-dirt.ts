import { Decimal128, Double, Long, ObjectId } from 'mongodb';
import { Random } from './random.ts';
import type { Micros } from './simulated-time.ts';

/** A field that a document does not have at all. */
export const MISSING = Symbol('missing');

/** A document of the given fields, without those that are MISSING. */
export function documentOf(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== MISSING));
}

/** An ObjectId whose time is the simulated one. */
export function objectIdAt(at: Micros, seed: number, stream: number, day: number, index: number): ObjectId {
  const random = new Random(seed, stream, day, index);
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  const seconds = hex(Math.floor(at / 1_000_000), 8);
  return new ObjectId(seconds + hex(random.word(), 8) + hex(random.below(256), 2) + hex(index & 0xffffff, 6));
}

/** The same number as other drivers and other services wrote it. */
export const NUMBER_FORMS = {
  double: (value: number) => new Double(value),
  long: (value: number) => Long.fromNumber(value),
  decimal: (value: number) => Decimal128.fromString(`${value}.0`),
  text: (value: number) => String(value),
  paddedText: (value: number) => ` ${value} `,
  decimalText: (value: number) => `${value}.0`,
} as const;

/** The same instant, or no instant at all, as other services wrote it. `millis`: since 1970. */
export const TIME_FORMS = {
  text: (millis: number) => new Date(millis).toISOString(),
  offsetText: (millis: number) => `${new Date(millis + 7_200_000).toISOString().slice(0, 23)}+02:00`,
  malformed: () => 'yesterday at noon',
  epoch: (millis: number) => Long.fromNumber(millis),
  empty: () => null,
  missing: () => MISSING,
} as const;

/** The place of a document in its hundred, spread over the day and another one on each day. */
export function dirtSlot(day: number, index: number): number {
  return (index * 37 + day * 13) % 100;
}

/** The first document of `day` in a slot: 37 * 73 = 1 modulo 100. */
export function indexOfSlot(day: number, slot: number): number {
  return ((((slot - day * 13) % 100) + 100) * 73) % 100;
}
