import { describe, expect, test } from 'vitest';
import { canonicalSql } from '../../engine/canonical-sql.ts';
import { failureOf, useSession } from './engine.fixture.ts';

const used = useSession();
const canonical = (sql: string) => canonicalSql(used.session, sql, 'silver/x.sql');

describe('the same meaning is the same text', () => {
  const BASE = `SELECT raw.id, sum(raw.amount) AS total
    FROM {{raw}} AS raw WHERE raw.status = 'ok' GROUP BY raw.id ORDER BY total DESC`;

  test.each([
    ['layout', BASE.replaceAll(/\s+/g, ' ')],
    ['comments', `-- why\n${BASE.replace('AS total', '/* EUR */ AS total -- all')}`],
    ['case of keywords', BASE.replace('SELECT', 'select').replace('FROM', 'from').replace('GROUP BY', 'Group By')],
    ['an optional AS', BASE.replace('AS raw ', 'raw ').replace('AS total', 'total')],
    ['a semicolon', `${BASE};\n`],
    ['spaces in the placeholder', BASE.replace('{{raw}}', '{{ raw }}')],
  ])('%s does not count', async (_, sql) => {
    expect(await canonical(sql)).toBe(await canonical(BASE));
  });

  test.each([
    ['another column', BASE.replace('raw.amount', 'raw.amount_eur')],
    ['a constant', BASE.replace("'ok'", "'OK'")],
    ['an input', BASE.replace('{{raw}}', '{{rows}}')],
    ['an order', BASE.replace(' DESC', '')],
    ['a name of a result', BASE.replaceAll('total', 'sum_total')],
  ])('%s counts', async (_, sql) => {
    expect(await canonical(sql)).not.toBe(await canonical(BASE));
  });

  test('is its own canonical text', async () => {
    const once = await canonical(BASE);
    expect(await canonical(once)).toBe(once);
  });
});

describe('what is not exactly one SELECT', () => {
  test.each([
    [
      'a syntax error',
      'SELECT a\nFROM {{raw}} raw\nWHERE WHERE a',
      'silver/x.sql:3:7',
      /syntax error at or near "WHERE"/,
    ],
    ['an unclosed text', "SELECT 'a\nFROM x", 'silver/x.sql:1:8', /unterminated/],
    ['nothing', '-- later\n', 'silver/x.sql', /no statement/],
    ['two statements', 'SELECT 1;\nSELECT 2', 'silver/x.sql', /2 statements/],
    ['an INSERT', 'INSERT INTO t VALUES (1)', 'silver/x.sql', /other than a SELECT/],
    ['an ATTACH', "ATTACH 'x.db'", 'silver/x.sql', /other than a SELECT/],
    ['a COPY', "COPY (SELECT 1) TO 'x.csv'", 'silver/x.sql', /other than a SELECT/],
  ])('%s: file, line, what is expected', async (_, sql, where, message) => {
    const failure = await failureOf(canonical(sql));
    expect(failure).toMatchObject({ code: 'bad_definition', kind: 'terminal', where });
    expect(failure.message).toMatch(message);
    expect(failure.hint).toContain('one SELECT');
  });

  test('the line itself is shown', async () => {
    const failure = await failureOf(canonical('SELECT a\nFROM {{raw}} raw\n  JOIN ON b'));
    expect(failure.message).toContain('in: JOIN ON b');
  });
});

describe('what gives other rows each time', () => {
  test.each([
    ['SELECT 1 AS a,\n now() AS b', 2, /now\(\)/],
    ['SELECT\n\n current_timestamp AS b', 3, /current_timestamp/],
    ['SELECT CURRENT_DATE', 1, /current_date/i],
    ['SELECT a FROM {{raw}} raw\nWHERE raw.d < today()', 2, /today/],
    ['SELECT localtimestamp', 1, /localtimestamp/],
    ['SELECT random()', 1, /random/],
    ['SELECT\n uuid()', 2, /uuid/],
    ['SELECT gen_random_uuid()', 1, /gen_random_uuid/],
    ['WITH x AS (SELECT\n uuidv7() AS k) SELECT k FROM x', 2, /uuidv7/],
    ['SELECT (SELECT max(get_current_timestamp()))', 1, /get_current_timestamp/],
    ["SELECT nextval('s')", 1, /nextval/],
    ["SELECT getvariable('x')", 1, /getvariable/],
    ['SELECT age(d) FROM {{raw}} raw', 1, /age\(x\)/],
    ['SELECT list(a)\nFROM {{raw}} raw', 1, /without ORDER BY/],
    ["SELECT b,\n string_agg(a, ',') FROM {{raw}} raw GROUP BY b", 2, /string_agg/],
    ['SELECT any_value(a) FROM {{raw}} raw', 1, /any_value/],
    ['SELECT row_number() OVER (PARTITION BY a) FROM {{raw}} raw', 1, /row_number/],
    ['SELECT a FROM {{raw}} raw LIMIT 3', 1, /LIMIT/],
    ['SELECT DISTINCT ON (a) a, b FROM {{raw}} raw', 1, /DISTINCT ON/],
    ['SELECT a FROM {{raw}} raw USING SAMPLE 10%', 1, /sample/],
    ['SELECT a FROM {{raw}} raw TABLESAMPLE 10%', 1, /sample/],
  ])('%s', async (sql, line, message) => {
    const failure = await failureOf(canonical(sql));
    expect(failure.code).toBe('bad_definition');
    expect(failure.message).toMatch(message);
    expect(failure.where).toBe(`silver/x.sql:${line}`);
    expect(failure.hint).toBeTruthy();
  });

  test.each([
    'SELECT age(a, b) FROM {{raw}} raw',
    "SELECT string_agg(a, ',' ORDER BY id) FROM {{raw}} raw",
    'SELECT row_number() OVER (ORDER BY id), sum(a) OVER (PARTITION BY b) FROM {{raw}} raw',
    'SELECT a FROM {{raw}} raw ORDER BY a LIMIT 3',
    'SELECT DISTINCT a FROM {{raw}} raw',
    'SELECT raw.current_date, md5(a), surrogate_key(a) FROM {{raw}} raw',
    "SELECT 'now()' AS text -- random()",
    "SELECT error('never') WHERE false",
  ])('fine: %s', async (sql) => {
    expect(await canonical(sql)).toBeTruthy();
  });
});
