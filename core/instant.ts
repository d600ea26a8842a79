import { StrataError } from './errors.ts';

/**
 * A moment in UTC with microseconds, always written `2026-11-01T00:00:00.000000Z` (27 characters). The fixed width makes
 * instants comparable as text, safe in JSON and in Temporal payloads.
 */
export type Instant = string;

const PATTERN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/;
const MICROS_PER_MILLI = 1000n;

export function isInstant(text: string): boolean {
  return PATTERN.test(text);
}

/** Accepts ISO 8601 with a zone or a plain date (midnight UTC); keeps microseconds. */
export function instant(text: string): Instant {
  if (PATTERN.test(text)) return text;
  const plainDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/.test(text);
  const millis = plainDate || zoned ? Date.parse(plainDate ? `${text}T00:00:00Z` : text) : Number.NaN;
  // Date.parse rolls 2026-02-30 over to March: a date that does not print back as itself does not exist.
  if (Number.isNaN(millis) || (plainDate && new Date(millis).toISOString().slice(0, 10) !== text)) {
    throw new StrataError('bad_input', `Not a date or instant: ${JSON.stringify(text)}`, {
      hint: 'Write a UTC date like 2026-11-01, or an instant like 2026-11-01T05:00:00Z.',
    });
  }
  const fraction = /\.(\d+)/.exec(text)?.[1]?.padEnd(6, '0').slice(0, 6) ?? '000000';
  return `${new Date(millis).toISOString().slice(0, 19)}.${fraction}Z`;
}

export function instantFromMillis(millis: number): Instant {
  return `${new Date(millis).toISOString().slice(0, 23)}000Z`;
}

/** Whole milliseconds since the epoch; the microseconds are cut off. */
export function millisOf(at: Instant): number {
  return Date.parse(`${at.slice(0, 23)}Z`);
}

export function microsOf(at: Instant): bigint {
  return BigInt(millisOf(at)) * MICROS_PER_MILLI + BigInt(at.slice(23, 26));
}

export function instantFromMicros(micros: bigint): Instant {
  const rest = ((micros % MICROS_PER_MILLI) + MICROS_PER_MILLI) % MICROS_PER_MILLI;
  const millis = Number((micros - rest) / MICROS_PER_MILLI);
  return `${new Date(millis).toISOString().slice(0, 23)}${rest.toString().padStart(3, '0')}Z`;
}

export function earliest(a: Instant, b: Instant): Instant {
  return a < b ? a : b;
}

export function latest(a: Instant, b: Instant): Instant {
  return a > b ? a : b;
}

const UNITS = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** A length of time such as `90 seconds`, `1 hour`, `30 days`; in milliseconds. */
export function durationMillis(text: string): number {
  const match = /^(\d+) (second|minute|hour|day)s?$/.exec(text.trim());
  if (!match) {
    throw new StrataError('bad_definition', `Not a duration: ${JSON.stringify(text)}`, {
      hint: 'Write a whole number and a unit: 90 seconds, 15 minutes, 1 hour, 30 days.',
    });
  }
  return Number(match[1]) * UNITS[match[2] as keyof typeof UNITS];
}

export function shift(at: Instant, millis: number): Instant {
  return instantFromMicros(microsOf(at) + BigInt(millis) * MICROS_PER_MILLI);
}
