import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  deserialize,
  EJSON,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  serialize,
  Timestamp,
  UUID,
} from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bigint,
  decimal,
  double,
  integer,
  json,
  key,
  mongo,
  snapshot,
  source,
  text,
  timestamp,
} from '../../core/builders.ts';
import type { ColumnShape } from '../../core/column.ts';
import { fromDuckdb } from '../../engine/duckdb-values.ts';
import { scaledOf } from '../../sources/mongodb/bson-column.ts';
import { toJson } from '../../sources/mongodb/bson-json.ts';
import { DocumentReader } from '../../sources/mongodb/document-reader.ts';

const jsonOf = (bytes: Uint8Array) => toJson({ type: 3, bytes, offset: 0, length: bytes.byteLength });
/** The driver's own writer is the oracle. */
const oracle = (bytes: Uint8Array) =>
  EJSON.stringify(
    deserialize(bytes, { promoteValues: false, promoteLongs: false, promoteBuffers: false, bsonRegExp: true }),
    { relaxed: false },
  );

const EVERY_TYPE = {
  b: new Double(1.5),
  whole: new Double(4),
  minusZero: new Double(-0),
  nan: new Double(Number.NaN),
  infinite: new Double(-Infinity),
  large: new Double(1e300),
  tiny: new Double(5e-324),
  a: 'text "q" \\ \n \u0000 é 😀 \ufffd',
  empty: '',
  object: { z: 1, a: { y: null } },
  array: [1, 'x', [true, { k: 'v' }]],
  none: {},
  nothing: [],
  bin: new Binary(Buffer.from('bytes')),
  old: new Binary(Buffer.from('bytes'), 2),
  uuid: new UUID('0b6c1b5e-7b0a-4a43-9c39-0d1c1d8a1a11'),
  id: new ObjectId('6ae681000000000000000001'),
  yes: true,
  no: false,
  date: new Date('2026-11-01T00:00:00.001Z'),
  early: new Date(-62135596800000),
  nil: null,
  regex: new BSONRegExp('^a"b', 'im'),
  code: new Code('f()'),
  scoped: new Code('g()', { x: 1 }),
  symbol: new BSONSymbol('s'),
  int: new Int32(-7),
  long: Long.fromString('-9223372036854775808'),
  decimal: Decimal128.fromString('1.20E+10'),
  decimalNan: Decimal128.fromString('NaN'),
  time: new Timestamp({ t: 4294967295, i: 7 }),
  min: new MinKey(),
  max: new MaxKey(),
  'a.b': 1,
  $odd: 2,
  '1': 'first',
};

describe('Extended JSON from bytes', () => {
  it('is what the driver writes, for every type', () => {
    const bytes = serialize(EVERY_TYPE);
    expect(jsonOf(bytes)).toBe(oracle(bytes));
  });

  it('is what the driver writes, for anything', () => {
    const leaf = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.double().map((v) => new Double(v)),
      fc.integer().map((v) => new Int32(v)),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((v) => Long.fromBigInt(v)),
      fc.boolean(),
      fc.constant(null),
      fc.date({ noInvalidDate: true }),
      fc.uint8Array({ minLength: 12, maxLength: 12 }).map((v) => new ObjectId(v)),
      fc.uint8Array({ minLength: 16, maxLength: 16 }).map((v) => new Decimal128(v)),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(name, tie('tree'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(name, tree!, { maxKeys: 5 }), (document) => {
        const bytes = serialize(document as object);
        expect(JSON.parse(jsonOf(bytes))).toEqual(JSON.parse(oracle(bytes)));
      }),
      { numRuns: 500 },
    );
  });

  it('text that is no UTF-8 keeps its bytes', () => {
    const bytes = Buffer.from(serialize({ v: 'xxxx' }));
    bytes.set([0xc3, 0x28, 0xff, 0x41], bytes.indexOf('xxxx'));
    expect(jsonOf(bytes)).toBe('{"v":{"$invalidUtf8":"c328ff41"}}');
  });
});

// Names that the driver itself would read as Extended JSON, or drop, are left to the test above.
const name = fc
  .string({ minLength: 1, maxLength: 5 })
  .filter((text) => !/[$\0]/.test(text) && text !== '__proto__' && !/^\d+$/.test(text));

describe('typed columns', () => {
  const row = (columns: ColumnShape, document: object, sourceColumns = {}) => {
    const dataset = source({
      name: 'bronze.d',
      description: 'd',
      source: mongo('app'),
      relation: 'd',
      extraction: snapshot(),
      columns,
      sourceColumns,
    });
    const reader = new DocumentReader(dataset, { lower: null, upper: null });
    return reader.row(serialize({ _id: new ObjectId('6ae681000000000000000001'), ...document }))!.map(fromDuckdb);
  };

  it('takes whole numbers of any numeric type', () => {
    for (const v of [
      new Int32(4),
      Long.fromNumber(4),
      new Double(4),
      Decimal128.fromString('4.0'),
      Decimal128.fromString('0.4E+1'),
    ]) {
      expect(row({ i: integer(), b: bigint(), d: decimal(10, 2) }, { i: v, b: v, d: v })).toEqual([4, 4n, '4.00']);
    }
    expect(row({ b: bigint() }, { b: Long.MAX_VALUE })).toEqual([9223372036854775807n]);
  });

  it('keeps decimals exact', () => {
    const of = (text: string) => row({ v: decimal(38, 10) }, { v: Decimal128.fromString(text) })[0];
    expect(of('123456789012345678901234567.0123456')).toBe('123456789012345678901234567.0123456000');
    expect(of('-0.0000000001')).toBe('-0.0000000001');
    expect(of('0E+6000')).toBe('0.0000000000');
  });

  it.each([
    ['a fraction in an integer', { v: integer() }, { v: new Double(4.5) }, 'a double'],
    ['a long in an integer', { v: integer() }, { v: Long.fromString('2147483648') }, 'a long'],
    ['a large double in a bigint', { v: bigint() }, { v: new Double(2 ** 60) }, 'a double'],
    ['a double in a decimal', { v: decimal(10, 2) }, { v: new Double(0.1) }, 'a double'],
    ['too many places in a decimal', { v: decimal(10, 2) }, { v: Decimal128.fromString('0.001') }, 'a decimal'],
    ['too many digits in a decimal', { v: decimal(4, 2) }, { v: Decimal128.fromString('100') }, 'a decimal'],
    ['NaN in a decimal', { v: decimal(4, 2) }, { v: Decimal128.fromString('NaN') }, 'a decimal'],
    ['a huge exponent', { v: bigint() }, { v: Decimal128.fromString('1E+6000') }, 'a decimal'],
    ['an inexact long in a double', { v: double() }, { v: Long.fromString('9007199254740993') }, 'a long'],
    ['text in a timestamp', { v: timestamp() }, { v: '2026-11-01T00:00:00Z' }, 'a string'],
    ['an array in a number', { v: bigint() }, { v: [1] }, 'an array'],
  ])('%s names document, path and type', (_, columns, document, found) => {
    expect(() => row(columns as ColumnShape, document)).toThrow(
      expect.objectContaining({
        code: 'source_mismatch',
        message: expect.stringMatching(new RegExp(`6ae681000000000000000001.*v is ${found}`)),
      }),
    );
  });

  it('text takes any value as plain text', () => {
    const values = [
      new ObjectId('6ae681000000000000000001'),
      Long.fromString('9007199254740993'),
      new Double(4),
      true,
      new Date(1),
      new UUID('0b6c1b5e-7b0a-4a43-9c39-0d1c1d8a1a11'),
      { a: 1 },
    ];
    expect(values.map((v) => row({ v: text() }, { v })[0])).toEqual([
      '6ae681000000000000000001',
      '9007199254740993',
      '4.0',
      'true',
      '1970-01-01T00:00:00.001000Z',
      '0b6c1b5e-7b0a-4a43-9c39-0d1c1d8a1a11',
      '{"a":{"$numberInt":"1"}}',
    ]);
  });

  it('tells missing from null where the column is json', () => {
    const columns = { a: json(), b: text().nullable() };
    expect(row(columns, {})).toEqual([null, null]);
    expect(row(columns, { a: null, b: null })).toEqual(['null', null]);
    expect(row(columns, { a: [null] })).toEqual(['[null]', null]);
  });

  it('walks paths, and refuses to look inside what is no object', () => {
    const paths = { version: 'device.os.version', whole: 'device' };
    const columns = { id: key(text()), version: text().nullable(), whole: json() };
    const at = { id: '_id', ...paths };
    expect(row(columns, { device: { x: 1, os: { version: '7' } } }, at).slice(1, 2)).toEqual(['7']);
    expect(row(columns, { device: { os: null } }, at).slice(1)).toEqual([null, '{"os":null}']);
    expect(row(columns, {}, at).slice(1)).toEqual([null, null]);
    expect(() => row(columns, { device: { os: ['7'] } }, at)).toThrow(
      /device\.os, in which version is looked for, is an array/,
    );
  });

  it('scales numbers written in any way', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
        fc.integer({ min: 0, max: 8 }),
        (unscaled, scale) => {
          const digits = String(unscaled < 0 ? -unscaled : unscaled).padStart(scale + 1, '0');
          const plain = `${unscaled < 0 ? '-' : ''}${digits.slice(0, digits.length - scale)}${scale ? `.${digits.slice(-scale)}` : ''}`;
          expect(scaledOf(plain, 8)).toBe(unscaled * 10n ** BigInt(8 - scale));
          expect(scaledOf(`${unscaled}E-${scale}`, 8)).toBe(unscaled * 10n ** BigInt(8 - scale));
        },
      ),
    );
  });
});
