import { Decimal128, onDemand } from 'bson';
import { BSON } from './bson-types.ts';

/** Bytes of a document and where in them a value lies. */
export interface BsonValue {
  readonly type: number;
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly length: number;
}

/**
 * A value as canonical Extended JSON (v2), straight from its bytes: every type keeps its name (`{"$numberInt":"4"}`),
 * fields keep the document's order, so equal values always give equal text. Text that is no UTF-8, which MongoDB lets
 * through, becomes `{"$invalidUtf8":"<hex>"}` rather than losing bytes.
 */
export function toJson({ type, bytes, offset, length }: BsonValue): string {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset + offset, length);
  switch (type) {
    case BSON.string:
      return text(view.subarray(4, length - 1));
    case BSON.object:
      return document(bytes, offset);
    case BSON.array:
      return `[${[...elements(bytes, offset)].map(toJson).join(',')}]`;
    case BSON.int:
      return `{"$numberInt":"${view.readInt32LE()}"}`;
    case BSON.long:
      return `{"$numberLong":"${view.readBigInt64LE()}"}`;
    case BSON.double:
      return `{"$numberDouble":"${doubleText(view.readDoubleLE())}"}`;
    case BSON.decimal:
      return `{"$numberDecimal":"${new Decimal128(view)}"}`;
    case BSON.bool:
      return view[0] === 1 ? 'true' : 'false';
    case BSON.date:
      return `{"$date":{"$numberLong":"${view.readBigInt64LE()}"}}`;
    case BSON.null:
      return 'null';
    case BSON.objectId:
      return `{"$oid":"${view.toString('hex')}"}`;
    default:
      return rareJson(type, view, bytes, offset);
  }
}

function rareJson(type: number, view: Buffer, bytes: Uint8Array, offset: number): string {
  switch (type) {
    case BSON.binData:
      return binary(view);
    case BSON.timestamp:
      return `{"$timestamp":{"t":${view.readUInt32LE(4)},"i":${view.readUInt32LE(0)}}}`;
    case BSON.regex: {
      const middle = view.indexOf(0);
      return `{"$regularExpression":{"pattern":${text(view.subarray(0, middle))},"options":${text(view.subarray(middle + 1, -1))}}}`;
    }
    case BSON.javascript:
      return `{"$code":${text(view.subarray(4, -1))}}`;
    case BSON.symbol:
      return `{"$symbol":${text(view.subarray(4, -1))}}`;
    case BSON.javascriptWithScope: {
      const code = 4 + 4 + view.readInt32LE(4);
      return `{"$code":${text(view.subarray(8, code - 1))},"$scope":${document(bytes, offset + code)}}`;
    }
    case BSON.dbPointer:
      return `{"$dbPointer":{"$ref":${text(view.subarray(4, -13))},"$id":{"$oid":"${view.subarray(-12).toString('hex')}"}}}`;
    case BSON.minKey:
      return '{"$minKey":1}';
    case BSON.maxKey:
      return '{"$maxKey":1}';
    default:
      return '{"$undefined":true}';
  }
}

function document(bytes: Uint8Array, start: number): string {
  const fields: string[] = [];
  for (const element of onDemand.parseToElements(bytes, start)) {
    const [type, nameOffset, nameLength, offset, length] = element;
    const name = Buffer.from(bytes.buffer, bytes.byteOffset + nameOffset, nameLength).toString('utf8');
    fields.push(`${JSON.stringify(name)}:${toJson({ type, bytes, offset, length })}`);
  }
  return `{${fields.join(',')}}`;
}

/** The values of the document or array that begins at `start`. */
export function* elements(bytes: Uint8Array, start: number): Iterable<BsonValue> {
  for (const [type, , , offset, length] of onDemand.parseToElements(bytes, start))
    yield { type, bytes, offset, length };
}

const REPLACEMENT = '\ufffd';

/** undefined: the bytes are no UTF-8. */
export function utf8(view: Buffer): string | undefined {
  const decoded = view.toString('utf8');
  // Bytes that are no UTF-8 and a genuine U+FFFD look alike once decoded: only the way back tells them apart.
  return decoded.includes(REPLACEMENT) && !Buffer.from(decoded, 'utf8').equals(view) ? undefined : decoded;
}

function text(view: Buffer): string {
  const decoded = utf8(view);
  return decoded === undefined ? `{"$invalidUtf8":"${view.toString('hex')}"}` : JSON.stringify(decoded);
}

/** As drivers write it: whole numbers with one decimal, zero with its sign. */
export function doubleText(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

function binary(view: Buffer): string {
  const subType = view[4]!;
  // The old generic subtype repeats the length inside.
  const data = view.subarray(subType === 2 ? 9 : 5);
  return `{"$binary":{"base64":"${data.toString('base64')}","subType":"${subType.toString(16).padStart(2, '0')}"}}`;
}
