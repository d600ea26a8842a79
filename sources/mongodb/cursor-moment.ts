import { instant, microsOf } from '../../core/instant.ts';
import { type BsonValue, utf8 } from './bson-json.ts';
import { BSON } from './bson-types.ts';

/** Where in time a document's cursor puts it. */
export interface Moment {
  /** Microseconds since the epoch. */
  readonly micros: bigint;
  /** False: the cursor is missing or no time, so the document's `_id` had to say; it is then read in every look. */
  readonly readable: boolean;
}

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;
// A document without any sign of time still has to lie in one place, the same in every look.
const NO_TIME = 0n;

/**
 * A date, an ISO 8601 string with a zone, or an oplog timestamp. Anything else: the time inside the ObjectId, which never
 * changes, so that every look routes the document to the same day; without one, 1970-01-01.
 */
export function momentOf(cursor: BsonValue | undefined, id: BsonValue): Moment {
  const micros = cursor && readable(cursor);
  if (micros !== undefined) return { micros, readable: true };
  if (id.type !== BSON.objectId) return { micros: NO_TIME, readable: false };
  return { micros: BigInt(bufferOf(id).readUInt32BE()) * 1_000_000n, readable: false };
}

const FIRST_MILLIS = BigInt(Date.parse('0001-01-01T00:00:00Z'));
const LAST_MILLIS = BigInt(Date.parse('9999-12-31T23:59:59.999Z'));

function readable(value: BsonValue): bigint | undefined {
  const view = bufferOf(value);
  if (value.type === BSON.date) {
    const millis = view.readBigInt64LE();
    return millis >= FIRST_MILLIS && millis <= LAST_MILLIS ? millis * 1000n : undefined;
  }
  if (value.type === BSON.timestamp) return BigInt(view.readUInt32LE(4)) * 1_000_000n;
  const text = value.type === BSON.string ? utf8(view.subarray(4, -1)) : undefined;
  if (text === undefined || !ISO.test(text)) return undefined;
  try {
    return microsOf(instant(text));
  } catch {
    return undefined;
  }
}

const bufferOf = ({ bytes, offset, length }: BsonValue): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset + offset, length);
