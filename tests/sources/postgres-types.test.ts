import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  applicationClock,
  bigint,
  boolean,
  bytes,
  cursor,
  date,
  decimal,
  double,
  integer,
  json,
  key,
  postgres,
  source,
  text,
  timestamp,
} from '../../core/builders.ts';
import { freshPostgres } from '../servers.fresh.ts';
import { describeWith } from '../servers.ts';
import { EVERYTHING, Extraction, READERS, scannerMissing } from './extraction.fixture.ts';

const SCHEMA = `
  create type mood as enum ('sad', 'happy');
  create domain money2 as numeric(12,2);
  create type pair as (a int, b text);
  create table kinds (
    id bigint primary key, at timestamptz not null,
    small int2, whole int4, big int8, flag bool, real4 float4, real8 float8,
    amount numeric(18,2), rate numeric(18,8), wide numeric(38,10), free numeric, huge numeric(60,5), as_money money2, counted numeric(10,0),
    local timestamp, day date, note text, short varchar(20), fixed char(6), uid uuid, mood mood, doc jsonb, raw_doc json,
    bin bytea, ints int[], texts text[][], pair pair, span interval, addr inet, range int4range, "Odd Name" text)`;

const ALL = `
  insert into kinds values
  (1, '2026-11-01 00:00:00.000001+00', 1, 2, 3, true, 0.1, 0.1, 12.30, 1.23456789, 1234567890123456789012345678.0123456789, 0.1234567890123456789012345678901234567890, 1, 5.50, 7,
   '2026-11-01 12:00:00.123456', '2026-11-01', 'plain', 'varchar', 'abc', '0b6c1b5e-7b0a-4a43-9c39-0d1c1d8a1a11', 'happy', '{"b": 1, "a": [1.50, null]}', '{"b":1,  "a":2}',
   '\\xdeadbeef00', '{1,null,3}', '{{a,"b,\\"c"},{null,""}}', row(1, 'x"y'), '1 year 2 days 03:04:05.6', '10.0.0.1/8', '[1,5)', 'odd'),
  (2, '2026-11-01 00:00:00.000002+00', -32768, -2147483648, -9223372036854775808, false, '-Infinity', 'NaN', -9999999999999999.99, 0, -0.0000000001, -1e30, -1e50, 0, 0,
   '0044-03-15 00:00:00 BC', '0044-03-15 BC', '', '', '', null, 'sad', '{}', '[]', '\\x', '{}', '{}', row(null, null), '0', '::1', 'empty', ''),
  (3, '2026-11-01 00:00:00.000003+00', 32767, 2147483647, 9223372036854775807, null, 3.4028235e38, 1.7976931348623157e308, 9999999999999999.99, -9999999999.99999999, 9999999999999999999999999999.9999999999, 1e-40, 12345678901234567890123456789012345678901234567890.12345, -1, 9999999999,
   '9999-12-31 23:59:59.999999', '9999-12-31', E'quote " '' newline \\n carriage \\r tab \\t back\\\\slash \\\\N NULL , ; | \\x01 é 😀 שלום', ' lead', 'a  b', 'ffffffff-ffff-ffff-ffff-ffffffffffff', null, 'null', 'null', decode(repeat('00ff22', 50), 'hex'), '{{1},{2}}', '{NULL,"NULL"}', null, '-1 mon', null, null, 'NULL'),
  (4, '2026-11-01 00:00:00.000004+00', null, null, null, null, null, 5e-324, null, null, null, null, null, null, null, null, null, '\\N', '"', null, null, null, '"text \\u00e9"', '1', null, null, null, null, null, null, null, E'\\r\\n'),
  (5, '1969-12-31 23:59:59.999999+00', 0, 0, 0, false, '-0', '-0', 0.01, 0.00000001, 0, 'NaN', 'NaN', 1, 1, '1970-01-01', '1970-01-01', 'NULL', 'null', 'NULL', '00000000-0000-0000-0000-000000000000', 'sad', '[{"n": 12345678901234567890.123}]', '{"k": "\\u0041"}', '\\x00', '{-1}', '{" "}', row(-1, ''), '1 day', '1.2.3.4', '(,)', e'\\t')`;

const kinds = source({
  name: 'bronze.kinds',
  description: 'every type',
  source: postgres('oltp'),
  relation: 'public.kinds',
  extraction: cursor('at', applicationClock({ lateness: '1 hour' })),
  sourceColumns: { odd_name: 'Odd Name' },
  columns: {
    id: key(bigint()),
    at: timestamp(),
    small: integer(),
    whole: integer(),
    big: bigint(),
    flag: boolean(),
    real4: double(),
    real8: double(),
    amount: decimal(18, 2),
    rate: decimal(20, 9),
    wide: decimal(38, 10),
    free: text(),
    huge: text(),
    as_money: decimal(12, 2),
    counted: bigint(),
    local: timestamp(),
    day: date(),
    note: text(),
    short: text(),
    fixed: text(),
    uid: text(),
    mood: text(),
    doc: json(),
    raw_doc: json(),
    bin: bytes(),
    ints: json(),
    texts: json(),
    pair: json(),
    span: text(),
    addr: text(),
    range: text(),
    odd_name: text(),
  },
});

const MICROS = (column: string) => `(extract(epoch from ${column}) * 1000000)::numeric(30,0)::text`;
/** What PostgreSQL itself prints for a column, where that is not its plain text. */
const ORACLE: Record<string, string> = {
  at: MICROS('at'),
  local: MICROS("(local at time zone 'UTC')"),
  bin: "encode(bin, 'hex')",
  real4: 'real4::float8::text',
  rate: 'rate::numeric(20,9)::text',
  ints: 'to_json(ints)::text',
  texts: 'to_json(texts)::text',
  pair: 'to_json(pair)::text',
  odd_name: '"Odd Name"',
};

function printed(value: unknown): string | null {
  if (value === null) return null;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Object.is(value, -0)) return '-0';
  return String(value);
}

await describeWith(['postgres'], 'PostgreSQL types', ({ postgresUrl }) => {
  let extraction: Extraction;
  let client: pg.Client;
  let url: string;

  beforeAll(async () => {
    extraction = await Extraction.open();
    url = await freshPostgres(postgresUrl);
    client = new pg.Client({ connectionString: url });
    await client.connect();
    // Whatever the database prefers must not change a value.
    await client.query(`alter database ${new URL(url).pathname.slice(1)} set DateStyle = 'German'`);
    await client.query(`alter database ${new URL(url).pathname.slice(1)} set TimeZone = 'Asia/Tokyo'`);
    await client.query(`alter database ${new URL(url).pathname.slice(1)} set extra_float_digits = 0`);
    await client.query(SCHEMA);
    await client.query(ALL);
  });
  afterAll(async () => {
    await client.end();
    await extraction.close();
  });

  describe.each(READERS)('read by %s', (reader) => {
    it.skipIf(reader === 'scanner' && scannerMissing)('gives every value exactly as PostgreSQL prints it', async () => {
      const staged = await extraction.extract(kinds, EVERYTHING, url, { reader });
      const rows = await extraction.rows(kinds, staged);
      expect(rows).toHaveLength(5);
      await client.query("set TimeZone = 'UTC'; set DateStyle = 'ISO'; set extra_float_digits = 3");
      for (const column of kinds.columns) {
        const expression = ORACLE[column.name] ?? `"${column.name}"::text`;
        const { rows: oracle } = await client.query<{ v: string | null }>(
          `select ${expression} as v from kinds order by id`,
        );
        const ours = rows.map((row) => printed(row[column.name]));
        expect(
          ours.map((v, i) => inTheirWords(column.sqlType, v, oracle[i]!.v)),
          column.name,
        ).toEqual(oracle.map((row) => row.v));
      }
    });
  });

  it.skipIf(scannerMissing)('both paths give the same values', async () => {
    const [a, b] = await Promise.all(
      READERS.map(async (reader) =>
        extraction.rows(kinds, await extraction.extract(kinds, EVERYTHING, url, { reader })),
      ),
    );
    const without = (rows: Record<string, unknown>[]) => rows.map(({ _observed_at, _position, ...row }) => row);
    expect(without(a!)).toEqual(without(b!));
  });
});

/** Both sides print doubles and years before Christ in their own way: then equal values count, not equal text. */
function inTheirWords(type: string, ours: string | null, theirs: string | null): string | null {
  if (ours === null || theirs === null) return ours;
  if (type === 'DOUBLE') return Object.is(Number(ours), Number(theirs)) ? theirs : ours;
  return type === 'DATE' ? ours.replace(' (BC)', ' BC') : ours;
}
