import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  bigint,
  boolean,
  bytes,
  dataset,
  date,
  decimal,
  double,
  integer,
  json,
  key,
  pii,
  rowCheck,
  text,
  timestamp,
} from '../../core/builders.ts';
import type { Check } from '../../core/check.ts';
import type { ColumnShape } from '../../core/column.ts';
import type { Value } from '../../engine/duckdb-values.ts';
import { emptyRelation, ident, literal } from '../../engine/sql-text.ts';
import { compileRowChecks } from '../../quality/row-checks.ts';
import { failedChecksSql } from '../../transform/row-checks-sql.ts';
import { failureOf, useSession } from '../engine/engine.fixture.ts';

const used = useSession();

const define = (columns: ColumnShape, checks: Check[] = []) =>
  dataset({ name: 'silver.x', description: 'd', inputs: {}, columns, sql: 'x.sql', checks });

/** Values as DuckDB holds them, given as text, and what the compiled checks say of each. */
async function judged(schema: z.ZodType, texts: readonly (string | null)[]) {
  const compiled = define({ v: schema });
  const type = compiled.columns[0]!.sqlType;
  const values = texts.map((t) => (t === null ? '(NULL)' : `(${literal(t)})`)).join(', ');
  return used.session.rows<{ v: Value; failed: string[] | null }>(
    `SELECT v, ${failedChecksSql(compileRowChecks(compiled))} AS failed
     FROM (SELECT t::${type} AS v FROM (VALUES ${values}) r(t))`,
  );
}

/** zod itself, on the value as the project's code would read it. */
function oracle(schema: z.ZodType, value: Value): boolean {
  const inner = define({ v: schema }).columns[0]!;
  const wantsNumber = typeof value === 'bigint' && inner.schema.def.type === 'number';
  return schema.safeParse(wantsNumber ? Number(value) : value).success;
}

async function agree(schema: z.ZodType, arbitrary: fc.Arbitrary<string>, examples: string[] = []): Promise<void> {
  const seen = new Set<boolean>();
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(arbitrary, { freq: 20 }), { minLength: 1, maxLength: 40 }), async (texts) => {
      for (const { v, failed } of await judged(schema, [...texts, ...examples])) {
        const passes = oracle(schema, v);
        seen.add(passes);
        expect({ v, passes: failed === null }, String(failed)).toEqual({ v, passes });
      }
    }),
    { numRuns: 60 },
  );
  // A comparison that only ever saw good or only bad values would prove nothing.
  expect([...seen].sort()).toEqual([false, true]);
}

const unicode = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((s) => !s.includes('\0'));
const ascii = fc.string({ unit: 'grapheme-ascii', maxLength: 12 });
const mixed = fc.oneof(unicode, ascii, fc.constantFrom('', ' ', 'é', '😀', '😀😀', '\n', '\u2028', 'K', 'ſ', '\u00a0'));
const of = (...parts: string[]) => fc.array(fc.constantFrom(...parts), { maxLength: 6 }).map((p) => p.join(''));

describe('strings: the same verdict as zod', () => {
  test.each<[string, z.ZodType, fc.Arbitrary<string>]>([
    ['min', text().min(3), mixed],
    ['max', text().max(4), mixed],
    ['length', text().length(2), mixed],
    ['nonempty', text().nonempty(), mixed],
    ['nullable', text().min(2).nullable(), mixed],
    ['several', text().min(2).max(5).startsWith('a'), of('a', 'b', '😀')],
    ['pii', pii.name().max(3), mixed],
    ['starts, ends, includes', text().startsWith("a'").endsWith('b').includes('%'), of("a'", 'b', '%', '_', '\\')],
    ['lowercase', text().lowercase(), of('a', 'B', 'é', 'É', '1')],
    ['uppercase', text().uppercase(), of('a', 'B', 'é', 'É', '1')],
    [
      'email',
      z.email(),
      fc.oneof(fc.emailAddress(), of('a', 'B', '.', '@', 'x.de', "o'b", '-', '_', '+', ' ', '\n', 'ü')),
    ],
    [
      'uuid',
      z.uuid(),
      fc.oneof(
        fc.uuid(),
        fc.uuid().map((u) => u.toUpperCase()),
        fc.uuid().map((u) => u.slice(1)),
        ascii,
      ),
    ],
    ['uuidv4', z.uuidv4(), fc.oneof(fc.uuid({ version: 4 }), fc.uuid({ version: 7 }))],
    ['ipv4', z.ipv4(), fc.oneof(fc.ipV4(), fc.ipV4Extended(), of('1', '256', '.', '0'))],
    ['e164', z.e164(), of('+', '1', '23456789', '0', ' ')],
    [
      'iso datetime',
      z.iso.datetime(),
      fc.oneof(
        fc.date({ noInvalidDate: true }).map((d) => d.toISOString()),
        of('2026-02-30', 'T', '10:00:00', 'Z', ' '),
      ),
    ],
    ['enum', z.enum(['a', "b'", '']), of('a', "b'", 'c')],
    ['literal', z.literal('x'), of('x', 'y')],
  ])('%s', async (_, schema, arbitrary) => {
    await agree(schema, arbitrary, ['a@b.de', "a'%b", '2026-01-01T10:00:00Z', '+12345678', '1.2.3.4', 'ab', 'x', 'A']);
  });

  test.each<[RegExp, fc.Arbitrary<string>]>([
    [/^[A-Z]{2}\d{3}$/, of('AB', '12', '345', 'a', '\n')],
    [/a.c/u, of('a', 'c', 'b', '\n', '\r', '\u2028', '😀')],
    [/^.{2,3}$/u, mixed],
    [/^.$/su, of('\n', '😀', 'a')],
    [/^\s+$/, of(' ', '\t', '\u00a0', ' \ufeff', '\u2003', 'x')],
    [/^[^a]\S\D$/u, of('a', 'b', ' ', '1', '😀', '\u3000')],
    [/^(?<year>\d{4})-(?:0[1-9]|1[0-2])$/, of('2026', '-', '01', '13', '2')],
    [/^[\w.-]+$/, of('a', 'é', '.', '-', ' ', '_')],
    [/^[\s[\]/x-]+$/, of('[', ']', '/', 'x', '-', '\u2009', 'y')],
    [/^(ab|cd)*?e+$/, of('ab', 'cd', 'e', 'a')],
    [/\u00e9|\x41|\u{1f600}/u, of('é', 'A', '😀', 'e')],
    [/^straße$/iu, of('STRA', 'stra', 'ß', 'ẞ', 'e', 'E')],
    [/\bcat\b/, of('cat', ' ', 'é', 's', '_')],
    [/^\p{L}+$/u, of('a', 'é', 'ж', '1', '中')],
    [/^\$\{x\}\.\\$/, of('$', '{x}', '.', '\\')],
  ])('pattern %s', async (pattern, arbitrary) => {
    await agree(text().regex(pattern), arbitrary, [
      'AB345',
      'a b',
      'abc',
      'cat',
      'ab',
      ' ',
      '2026-01',
      'b😀é',
      'straße',
      ['$', '{x}.\\'].join(''),
      'e',
      '[/x-]',
      'é',
      '\n',
    ]);
  });

  test('url: what passes here passes zod, and what is usual passes', async () => {
    const parts = of(
      'http',
      'https',
      '://',
      'a.de',
      'www.Example.com',
      ':8080',
      ':99999',
      '/x',
      '?q=1',
      '#h',
      ' ',
      '@',
      '1.2.3.4',
      '1.2.3',
      'ü',
      '-',
      '.',
      'mailto:',
      '//',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(parts, fc.webUrl()), { minLength: 1, maxLength: 30 }), async (texts) => {
        for (const { v, failed } of await judged(z.url(), texts)) {
          if (failed === null) expect(oracle(z.url(), v), String(v)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
    const usual = [
      'https://shop.example.com',
      'http://localhost:3000/a?b=c#d',
      'https://10.0.0.1/x',
      'HTTPS://A.io/%C3%A9',
    ];
    expect((await judged(z.url(), usual)).map((r) => r.failed)).toEqual([null, null, null, null]);
    const wrong = [
      'shop.example.com',
      'http://a b',
      'http://a.de:99999',
      'javascript:alert(1)',
      '',
      'http://1.2.3.4.5',
    ];
    expect((await judged(z.url(), wrong)).map((r) => r.failed)).toEqual(wrong.map(() => ['v: url']));
  });
});

describe('numbers, days and moments: the same verdict as zod', () => {
  const whole = fc
    .oneof(
      fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
      fc.bigInt(-12n, 12n),
      fc.constantFrom(2n ** 53n, 2n ** 53n - 1n, -(2n ** 53n)),
    )
    .map(String);
  const small = fc.oneof(fc.integer(), fc.integer({ min: -12, max: 12 })).map(String);
  const doubles = fc
    .oneof(fc.double(), fc.double({ min: -2, max: 2 }), fc.constantFrom(0.1, 0.3, -0))
    .map((n) => String(n).replace('Infinity', 'inf'));

  test.each<[string, z.ZodType, fc.Arbitrary<string>]>([
    [
      'bigint bounds',
      bigint()
        .min(-5n)
        .max(2n ** 53n),
      whole,
    ],
    ['bigint positive', bigint().positive(), whole],
    ['bigint multiple', bigint().multipleOf(3n), whole],
    ['safe integer', z.int(), whole],
    ['integer as number, bounded', z.number().int().gt(-3).lt(7.5), whole],
    ['32 bits', integer().min(-3).max(3), small],
    ['32 bits, multiple', integer().multipleOf(4), small],
    ['unsigned', z.uint32(), whole],
    ['double', double(), doubles],
    ['double bounds', double().min(0.1).lte(0.3), doubles],
    ['double non-negative', double().nonnegative(), doubles],
    [
      'moments',
      timestamp().min(0n).nullable(),
      fc.oneof(
        fc
          .date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
          .map((d) => d.toISOString()),
        fc.constantFrom('infinity', '-infinity'),
      ),
    ],
    [
      'days',
      date(),
      fc.oneof(
        fc
          .date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true })
          .map((d) => d.toISOString().slice(0, 10)),
        fc.constantFrom(
          'infinity',
          '-infinity',
          '5881580-07-10',
          '0044-03-15 (BC)',
          '0001-01-01',
          '9999-12-31',
          '10000-01-01',
        ),
      ),
    ],
    ['decimals', decimal(18, 3), fc.bigInt(-(10n ** 14n), 10n ** 14n).map(String)],
    ['booleans', boolean(), fc.constantFrom('true', 'false')],
  ])('%s', async (_, schema, arbitrary) => {
    await agree(schema, arbitrary);
  });
});

test('json is what can be parsed', async () => {
  const texts = ['{"a": [1, null, "é"]}', '1', '"x"', 'null', '', '{', "{'a': 1}", 'abc', '{"a":1}}'];
  const parses = (t: string) => {
    try {
      JSON.parse(t);
      return true;
    } catch {
      return false;
    }
  };
  expect((await judged(json(), texts)).map((r) => r.failed === null)).toEqual(texts.map(parses));
});

test('each failed check is named once, a null only by "not null"', async () => {
  const compiled = define(
    {
      id: key(bigint()),
      email: pii.email().max(3).regex(/^a/).regex(/b$/),
      status: z.enum(['on', 'off']).nullable(),
      amount: decimal(18, 2),
    },
    [rowCheck('amount is positive', 'amount > 0 -- as the law says'), rowCheck('not on', "status <> 'on'")],
  );
  const checks = compileRowChecks(compiled);
  expect(new Set(checks.map((c) => c.name)).size).toBe(checks.length);
  for (const { name } of checks) expect(name).not.toContain(',');
  const rows = `(VALUES (1, 'ab', 'off', 1.00), (NULL, NULL, NULL, NULL), (2, 'xxxx', 'maybe', -1), (3, 'ab', 'on', 5)) r(id, email, status, amount)`;
  const failed = await used.session.rows<{ failed: string[] | null }>(
    `SELECT ${failedChecksSql(checks)} AS failed FROM ${rows} ORDER BY id NULLS LAST`,
  );
  expect(failed.map((r) => r.failed)).toEqual([
    null,
    [
      'email: at most 3 characters',
      'email: matches its pattern',
      'email: matches its pattern (2)',
      'status: one of its values',
      'amount is positive',
    ],
    ['not on'],
    ['id: not null', 'email: not null', 'amount: not null', 'amount is positive', 'not on'],
  ]);
});

test('checks are never null, so that no row is judged by chance', async () => {
  const shape = {
    a: text().min(1).nullable(),
    b: double().nullable(),
    c: timestamp().min(0n).nullable(),
    d: date().nullable(),
  };
  const compiled = define(shape, [rowCheck('r', 'b > 0')]);
  const verdicts = compileRowChecks(compiled).map((c, i) => `(${c.sql}) IS NULL AS n${i}`);
  const nulls = emptyRelation(compiled.columns).replace('WHERE false', '');
  const [row] = await used.session.rows(`SELECT ${verdicts.join(', ')} FROM ${nulls}`);
  expect(Object.values(row!).every((isNull) => isNull === false)).toBe(true);
});

describe('what DuckDB cannot check exactly is refused, with the column', () => {
  test.each<[string, z.ZodType]>([
    ['refine', text().refine((v) => v !== 'x')],
    ['superRefine', text().superRefine(() => {})],
    ['trim', text().trim()],
    ['toLowerCase', text().toLowerCase()],
    ['a lookahead', text().regex(/^(?!a)b/)],
    ['a lookbehind', text().regex(/(?<=a)b/)],
    ['a back reference', text().regex(/(a)\1/)],
    ['a dot without the u flag', text().regex(/^.{1,3}$/)],
    ['a negated class without the u flag', text().regex(/^[^,]+$/)],
    ['ignoring case without the u flag', text().regex(/^k$/i)],
    ['many lines', text().regex(/^a$/m)],
    ['a long repetition', text().regex(/^a{1,2000}$/)],
    ['an emoji property', z.emoji()],
    ['a url of one host', z.url({ hostname: /x/ })],
    ['a function as format', z.stringFormat('mine', () => true)],
    ['base64', z.base64()],
    ['json web tokens', z.jwt()],
    ['a double that is a multiple', double().multipleOf(0.1)],
    ['length of a decimal', decimal(10, 2).max(3)],
    ['length of a date', date().min(3)],
    ['numbers as literal', z.literal([1, 2])],
    ['coercion', z.coerce.string()],
    ['bytes with a refinement', bytes().refine((b) => b.length > 2)],
  ])('%s', async (_, schema) => {
    const failure = await failureOf(() => compileRowChecks(define({ the_column: schema })));
    expect(failure).toMatchObject({ code: 'bad_definition', where: 'silver.x.the_column' });
    expect(failure.hint).toMatch(/rowCheck/);
  });

  test('bytes alone are fine', () => {
    expect(compileRowChecks(define({ b: bytes() })).map((c) => c.name)).toEqual(['b: not null']);
  });
});

test('a million good rows pass twenty checks', async () => {
  const compiled = define(
    {
      id: key(z.uuid()),
      email: z.email(),
      status: z.enum(['a', 'b', 'c']),
      name: text().min(1).max(80),
      amount: decimal(18, 3),
      moment: timestamp(),
      n: integer().min(0).max(10),
      x: double().min(0),
    },
    [rowCheck('positive', 'amount > 0'), rowCheck('recent', "moment > TIMESTAMPTZ '2000-01-01'")],
  );
  const columns = {
    id: 'uuid()::VARCHAR',
    email: "'user' || i || '@example.com'",
    status: "['a', 'b', 'c'][1 + i % 3]",
    name: "'Name ' || i",
    amount: '(i % 1000 + 1)::DECIMAL(18,3)',
    moment: "TIMESTAMPTZ '2026-11-01'",
    n: '(i % 11)::INTEGER',
    x: 'i::DOUBLE',
  };
  const list = Object.entries(columns).map(([name, sql]) => `${sql} AS ${ident(name)}`);
  await used.session.run(`CREATE TABLE million AS SELECT ${list.join(', ')} FROM range(1_000_000) r(i)`);
  const started = performance.now();
  const bad = await used.session.value(
    `SELECT count(*) FILTER (WHERE ${failedChecksSql(compileRowChecks(compiled))} IS NOT NULL) FROM million`,
  );
  const seconds = (performance.now() - started) / 1000;
  console.log(`row checks: 1 million rows in ${seconds.toFixed(2)} s`);
  expect(bad).toBe(0n);
});
