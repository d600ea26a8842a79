import {
  blobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampTZValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import { Decimal128 } from 'bson';
import type { Column } from '../../core/column.ts';
import { instantFromMillis } from '../../core/instant.ts';
import { type BsonValue, doubleText, toJson, utf8 } from './bson-json.ts';
import { BSON } from './bson-types.ts';

/** The value cannot be held by the declared type without losing something. */
export const MISFIT = Symbol('misfit');

export type Reader = (value: BsonValue) => DuckDBValue | typeof MISFIT;

/** How a column's values are read. Null and undefined never get here. */
export function readerOf(column: Column): Reader {
  if (column.json) return toJson;
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(column.sqlType);
  if (decimal) return (value) => decimalOf(value, Number(decimal[1]), Number(decimal[2]));
  switch (column.sqlType) {
    case 'BOOLEAN':
      return (value) => (value.type === BSON.bool ? bytesOf(value)[0] === 1 : MISFIT);
    case 'INTEGER':
      return (value) => {
        const whole = wholeOf(value);
        return whole !== undefined && BigInt.asIntN(32, whole) === whole ? Number(whole) : MISFIT;
      };
    case 'BIGINT':
      return (value) => {
        const whole = wholeOf(value);
        return whole !== undefined && BigInt.asIntN(64, whole) === whole ? whole : MISFIT;
      };
    case 'DOUBLE':
      return doubleOf;
    case 'DATE':
      return dayOf;
    case 'TIMESTAMPTZ':
      return (value) => (value.type === BSON.date ? timestampOf(bytesOf(value).readBigInt64LE()) : MISFIT);
    case 'BLOB':
      return (value) =>
        value.type === BSON.binData ? blobValue(bytesOf(value).subarray(bytesOf(value)[4] === 2 ? 9 : 5)) : MISFIT;
    default:
      return textOf;
  }
}

const bytesOf = ({ bytes, offset, length }: BsonValue): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset + offset, length);

const UUID_SUBTYPE = 4;

/** Text as it is; ids, numbers, dates and booleans as their plain text; everything else as Extended JSON. */
function textOf(value: BsonValue): DuckDBValue | typeof MISFIT {
  const view = bytesOf(value);
  switch (value.type) {
    case BSON.string:
      return utf8(view.subarray(4, -1)) ?? MISFIT;
    case BSON.objectId:
      return view.toString('hex');
    case BSON.binData:
      return view[4] === UUID_SUBTYPE && view.length === 21 ? uuidText(view.subarray(5)) : toJson(value);
    case BSON.int:
      return String(view.readInt32LE());
    case BSON.long:
      return String(view.readBigInt64LE());
    case BSON.double:
      return doubleText(view.readDoubleLE());
    case BSON.decimal:
      return new Decimal128(view).toString();
    case BSON.bool:
      return view[0] === 1 ? 'true' : 'false';
    case BSON.date: {
      const millis = Number(view.readBigInt64LE());
      return Math.abs(millis) <= 8.64e15 ? instantFromMillis(millis) : toJson(value);
    }
    default:
      return toJson(value);
  }
}

const uuidText = (view: Buffer): string =>
  view.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** Whole numbers of any numeric type; 4.0 is 4. */
function wholeOf(value: BsonValue): bigint | undefined {
  const view = bytesOf(value);
  switch (value.type) {
    case BSON.int:
      return BigInt(view.readInt32LE());
    case BSON.long:
      return view.readBigInt64LE();
    case BSON.double: {
      const number = view.readDoubleLE();
      return Number.isSafeInteger(number) ? BigInt(number) : undefined;
    }
    case BSON.decimal:
      return scaledOf(new Decimal128(view).toString(), 0);
    default:
      return undefined;
  }
}

function doubleOf(value: BsonValue): DuckDBValue | typeof MISFIT {
  const view = bytesOf(value);
  if (value.type === BSON.double) return view.readDoubleLE();
  if (value.type === BSON.int) return view.readInt32LE();
  const whole = value.type === BSON.long ? Number(view.readBigInt64LE()) : Number.NaN;
  return Number.isSafeInteger(whole) ? whole : MISFIT;
}

/** A double is taken only when it is whole: .1 as a double is not .1. */
function decimalOf(value: BsonValue, precision: number, scale: number): DuckDBValue | typeof MISFIT {
  const whole = value.type === BSON.decimal ? undefined : wholeOf(value);
  const scaled =
    value.type === BSON.decimal
      ? scaledOf(new Decimal128(bytesOf(value)).toString(), scale)
      : whole === undefined
        ? undefined
        : whole * 10n ** BigInt(scale);
  if (scaled === undefined || scaled >= 10n ** BigInt(precision) || scaled <= -(10n ** BigInt(precision)))
    return MISFIT;
  return new DuckDBDecimalValue(scaled, precision, scale);
}

/** `1.20E+3` times 10^scale; undefined when it is no number or has more places than that. */
export function scaledOf(text: string, scale: number): bigint | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:E([+-]?\d+))?$/.exec(text);
  if (!match) return undefined;
  const [, sign, whole, fraction = '', exponent = '0'] = match;
  const digits = BigInt(`${whole}${fraction}`);
  const shift = Number(exponent) - fraction.length + scale;
  if (digits === 0n) return 0n;
  if (shift > 80) return undefined;
  const divisor = shift < 0 ? 10n ** BigInt(-shift) : 1n;
  if (digits % divisor !== 0n) return undefined;
  const scaled = shift < 0 ? digits / divisor : digits * 10n ** BigInt(shift);
  return sign === '-' ? -scaled : scaled;
}

const DAY_MILLIS = 86_400_000n;

/** A date at midnight UTC is a day; any other moment would lose its time. */
function dayOf(value: BsonValue): DuckDBValue | typeof MISFIT {
  if (value.type !== BSON.date) return MISFIT;
  const millis = bytesOf(value).readBigInt64LE();
  const days = millis / DAY_MILLIS;
  return millis % DAY_MILLIS === 0n && BigInt.asIntN(31, days) === days ? new DuckDBDateValue(Number(days)) : MISFIT;
}

// DuckDB holds microseconds in 64 bits and keeps the ends for infinity.
const LAST_MILLIS = 9_223_372_036_854_774n;

function timestampOf(millis: bigint): DuckDBValue | typeof MISFIT {
  return millis <= LAST_MILLIS && millis >= -LAST_MILLIS ? new DuckDBTimestampTZValue(millis * 1000n) : MISFIT;
}
