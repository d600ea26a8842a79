import { Decimal128, Double, Int32, Long } from 'mongodb';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const ZONED = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const PLAIN = /^-?[0-9]+(\.[0-9]+)?$/;

/** A uuid in lower case, or null. */
export function uuidValue(value: unknown): string | null {
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  return UUID.test(text) ? text : null;
}

/** An instant in ISO 8601 UTC with milliseconds, or null where the value is none. */
export function instantValue(value: unknown): string | null {
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'string' || !ZONED.test(value)) return null;
  const millis = Date.parse(value);
  return Number.isNaN(millis) ? null : new Date(millis).toISOString();
}

/** The integer a BSON number or a numeric string stands for, without loss; null where it is none. */
export function integerValue(value: unknown): bigint | null {
  const text = plainText(value);
  if (text === null || !PLAIN.test(text)) return null;
  const [whole, decimals = ''] = text.split('.');
  return /^0*$/.test(decimals) ? BigInt(whole!) : null;
}

function plainText(value: unknown): string | null {
  if (value instanceof Int32 || value instanceof Long || value instanceof Decimal128) return value.toString();
  if (value instanceof Double) return String(value.value);
  return typeof value === 'string' ? value.trim() : null;
}
