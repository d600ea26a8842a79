import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { audit, bigint, dataset, day, double, key, rowCheck, text, unique } from '../../core/builders.ts';
import type { DerivedDataset } from '../../core/dataset.ts';
import { checkDefinitions } from '../../quality/definition.ts';
import { useFolder } from './engine.fixture.ts';
import { PAYMENT_COLUMNS, PAYMENT_SQL, payment, problemsOf, projectOf, rate, rawPayment } from './project.fixture.ts';

const folder = useFolder();
let nth = 0;
const check = (datasets: DerivedDataset[], files: Record<string, string> = {}) =>
  problemsOf(join(folder, String(nth++)), datasets, files);
const checkPayment = (sql: string, change: object = {}) => check([payment(change)], { 'payment.sql': sql });

test('a project that fits has no problems, and every dataset is looked at', async () => {
  expect(await check([payment()])).toEqual([]);
  const result = await checkDefinitions(projectOf(payment()), { sqlRoot: join(folder, '0') });
  expect(result).toEqual({ problems: [], datasets: 3 });
});

describe('columns', () => {
  test.each([
    [
      'another type',
      'raw.amount::DOUBLE AS amount',
      'sql/payment.sql:3',
      'silver.payment declares amount DECIMAL(18,3), sql/payment.sql gives DOUBLE: add ::DECIMAL(18,3)',
    ],
    [
      'another scale',
      'raw.amount::DECIMAL(18,2) AS amount',
      'sql/payment.sql:3',
      'gives DECIMAL(18,2): add ::DECIMAL(18,3)',
    ],
    [
      'JSON for text',
      'raw.amount, raw.currency::JSON AS currency',
      'sql/payment.sql:3',
      'declares currency VARCHAR, sql/payment.sql gives JSON: add ::VARCHAR',
    ],
    [
      'a time without zone',
      "raw.amount, raw.paid_at AT TIME ZONE 'UTC' AS paid_at",
      'sql/payment.sql:3',
      "gives TIMESTAMP: say its zone: AT TIME ZONE 'UTC'",
    ],
  ])('%s', async (_, column, where, message) => {
    const rest = ['currency', 'paid_at', 'updated_at'].filter((name) => !column.includes(`AS ${name}`));
    const sql = `SELECT\n  raw.id AS payment_id,\n  ${column},\n  ${rest.map((n) => `raw.${n}`).join(', ')}\nFROM {{raw}} raw LEFT JOIN {{rate}} r USING (currency)`;
    const problems = await checkPayment(sql);
    expect(problems).toEqual([
      { subject: 'silver.payment', where, message: expect.stringContaining(message), hint: expect.any(String) },
    ]);
  });

  test('a missing, a misspelled and an extra one; their order does not matter', async () => {
    const sql = `SELECT raw.updated_at, raw.paid_at, raw.currency, raw.amount AS amuont,
      raw.id AS payment_id, raw._op
      FROM {{raw}} raw LEFT JOIN {{rate}} r USING (currency)`;
    const problems = await checkPayment(sql);
    expect(problems.map((p) => [p.where, p.message, p.hint])).toEqual([
      [
        'sql/payment.sql:1',
        'silver.payment declares amount DECIMAL(18,3), sql/payment.sql gives no such column',
        'Did you mean amuont? Write: amuont AS amount.',
      ],
      [
        'sql/payment.sql:1',
        'sql/payment.sql gives amuont DECIMAL(18,3), which silver.payment does not declare',
        expect.any(String),
      ],
      [
        'sql/payment.sql:2',
        'sql/payment.sql gives _op VARCHAR, which silver.payment does not declare',
        expect.any(String),
      ],
    ]);
  });

  test('two of one name', async () => {
    const sql = PAYMENT_SQL.replace('raw.currency,', 'raw.currency,\n  raw.currency,');
    expect(await checkPayment(sql)).toMatchObject(
      [{ where: 'sql/payment.sql:5', message: /two columns named currency/ }].map((p) => ({
        ...p,
        message: expect.stringMatching(p.message),
      })),
    );
  });
});

describe('SQL that does not bind', () => {
  test.each([
    [
      'a syntax error',
      PAYMENT_SQL.replace('AS raw', 'AS AS raw'),
      'sql/payment.sql:7:17',
      /syntax error at or near "AS"/,
    ],
    ['an unknown column', PAYMENT_SQL.replace('raw.currency,', 'raw.curency,'), 'sql/payment.sql:4:3', /curency/],
    [
      'a column of the wrong type',
      PAYMENT_SQL.replace('raw.currency,', 'raw.amount || raw.paid_at - 1 AS currency,'),
      'sql/payment.sql:4',
      /./,
    ],
    ['an unknown function', PAYMENT_SQL.replace('coalesce', 'coalesec'), 'sql/payment.sql:3:17', /coalesec/],
  ])('%s: file, line and what is there', async (name, sql, where, message) => {
    const [problem, ...more] = await checkPayment(sql);
    expect(more).toEqual([]);
    expect(problem!.where.startsWith(where)).toBe(true);
    expect(problem!.message).toMatch(message);
    expect(problem!.hint).toBeTruthy();
    if (name === 'an unknown column') expect(problem!.hint).toBe('Did you mean currency?');
  });

  test('technical columns of bronze are there', async () => {
    const sql = PAYMENT_SQL.replace(
      'raw.currency,',
      "(raw._op || raw._position::VARCHAR || strftime(raw._observed_at, '%Y')) AS currency,",
    );
    expect(await checkPayment(sql)).toEqual([]);
  });

  test('but not those of a merged table', async () => {
    const reader = dataset({
      name: 'gold.x',
      description: 'd',
      inputs: { payment: payment() },
      columns: { k: key(bigint()) },
      sql: 'x.sql',
    });
    const problems = await check([reader], { 'x.sql': 'SELECT _position AS k FROM {{payment}}' });
    expect(problems).toMatchObject([{ subject: 'gold.x', where: 'sql/x.sql:1:8' }]);
  });
});

describe('reads', () => {
  test.each([
    [
      'an unknown input',
      PAYMENT_SQL.replace('{{rate}}', '{{rates}}'),
      'sql/payment.sql:8',
      '{{rates}} is not an input',
      'Did you mean {{rate}}?',
    ],
    [
      'a table by its name',
      PAYMENT_SQL.replace('{{rate}}', 'silver.rate'),
      'sql/payment.sql:8',
      'silver.rate is read but is not an input',
      '{{rate}}',
    ],
    [
      'a file as a table',
      PAYMENT_SQL.replace('{{rate}}', "'rates.parquet'"),
      'sql/payment.sql:8',
      'rates.parquet is read but is not an input',
      '',
    ],
    [
      'read_parquet',
      PAYMENT_SQL.replace('{{rate}}', "read_parquet('x.parquet')"),
      'sql/payment.sql:8',
      'read_parquet(...) reads past',
      '',
    ],
    [
      'read_csv',
      PAYMENT_SQL.replace('{{rate}}', "read_csv('x.csv')"),
      'sql/payment.sql:8',
      'read_csv(...) reads past',
      '',
    ],
    [
      'the catalog',
      PAYMENT_SQL.replace('{{rate}}', 'duckdb_tables()'),
      'sql/payment.sql:8',
      'duckdb_tables(...) reads past',
      '',
    ],
    [
      'a query in a text',
      PAYMENT_SQL.replace('{{rate}}', "query('SELECT 1')"),
      'sql/payment.sql:8',
      'query(...) reads past',
      '',
    ],
  ])('%s', async (_, sql, where, message, hint) => {
    const problems = await checkPayment(sql);
    const problem = problems.find((p) => p.message.includes(message));
    expect(problem).toMatchObject({ where, hint: expect.stringContaining(hint) });
  });

  test('an input that is not used', async () => {
    const sql = 'SELECT id AS payment_id, amount, currency, paid_at, updated_at FROM {{raw}} -- not {{rate}}';
    expect(await checkPayment(sql)).toMatchObject([
      { where: 'sql/payment.sql', message: expect.stringContaining('declares the input rate') },
    ]);
  });

  test('CTEs, subqueries and generated rows are no reads', async () => {
    const x = dataset({
      name: 'gold.x',
      description: 'd',
      inputs: { rate },
      columns: { currency: key(text()), n: bigint() },
      sql: 'x.sql',
    });
    const sql = `WITH r AS (SELECT * FROM {{rate}}), n AS (SELECT range AS n FROM range(3))
      SELECT r.currency, max(n.n) AS n FROM r, n, unnest([1]) u(u), (SELECT 1) s WHERE EXISTS (FROM r) GROUP BY 1`;
    expect(await check([x], { 'x.sql': sql })).toEqual([]);
  });

  test('a missing file', async () => {
    const problems = await check([payment({ sql: 'nowhere/payment.sql' })]);
    expect(problems).toMatchObject([
      { subject: 'silver.payment', where: 'sql/nowhere/payment.sql', hint: expect.stringContaining('Create it') },
    ]);
  });
});

describe('determinism', () => {
  test('the clock', async () => {
    const problems = await checkPayment(PAYMENT_SQL.replace('raw.updated_at\n', 'now() AS updated_at\n'));
    expect(problems).toMatchObject([{ where: 'sql/payment.sql:6', message: expect.stringContaining('now()') }]);
  });

  test('sums of doubles, found by the bound type', async () => {
    const sums = (expression: string) => {
      const x = dataset({
        name: 'gold.x',
        description: 'd',
        inputs: { rate },
        columns: { currency: key(text()), total: double() },
        sql: 'x.sql',
      });
      return check([x], {
        'x.sql': `SELECT currency,\n ${expression}::DOUBLE AS total\nFROM {{rate}} GROUP BY currency`,
      });
    };
    expect(await sums('sum(rate::DOUBLE)')).toMatchObject([
      { where: 'sql/x.sql:2', message: expect.stringContaining('adds up doubles') },
    ]);
    expect(await sums('avg(rate / 3)')).toMatchObject([{ message: expect.stringContaining('avg(...)') }]);
    expect(await sums('stddev(rate)')).toMatchObject([{ message: expect.stringContaining('stddev') }]);
    for (const fine of ['sum(rate)', 'avg(rate)', 'max(rate::DOUBLE)', 'sum(rate::DOUBLE ORDER BY valid_from)']) {
      expect(await sums(fine), fine).toEqual([]);
    }
  });
});

describe('checks', () => {
  const withChecks = (...checks: unknown[]) => check([payment({ checks })]);

  test('good ones', async () => {
    const problems = await withChecks(
      rowCheck('positive', 'amount > 0 -- always'),
      unique('currency', 'payment_id'),
      audit('none', 'SELECT * FROM {{this}} WHERE paid_at > now()'),
    );
    expect(problems).toEqual([]);
  });

  test.each([
    ['an unknown column', rowCheck('c', 'amuont > 0'), /amuont/],
    ['no condition', rowCheck('c', 'amount'), /gives DECIMAL\(18,3\), not BOOLEAN/],
    ['a syntax error', rowCheck('c', 'amount >'), /syntax error/],
    ['an aggregate', rowCheck('c', 'amount > avg(amount)'), /one row/],
    ['a window', rowCheck('c', 'row_number() OVER (ORDER BY amount) > 1'), /one row/],
    ['a subquery', rowCheck('c', 'amount > (SELECT max(amount) FROM {{this}})'), /one row/],
    ['the clock', rowCheck('c', 'paid_at <= now()'), /now\(\)/],
    ['two expressions', rowCheck('c', 'true), (true'), /not one expression/],
    ['an audit of nothing', audit('c', 'SELECT 1'), /does not look at \{\{this\}\}/],
    ['an audit of another table', audit('c', 'SELECT * FROM {{this}}, bronze.payment'), /bronze.payment/],
    ['an audit with an error', audit('c', 'SELECT amuont FROM {{this}}'), /amuont/],
    ['unique of an unknown column', unique('paymentid'), /no column paymentid/],
  ])('%s', async (_, bad, message) => {
    const problems = await withChecks(bad);
    expect(problems).toHaveLength(1);
    expect(problems[0]!.message).toMatch(message);
    expect(problems[0]!.where).toContain('silver.payment, check ');
  });

  test('two row checks of one name', async () => {
    const problems = await withChecks(rowCheck('c', 'amount > 0'), rowCheck('c', 'amount < 9'));
    expect(problems).toMatchObject([{ message: 'Two row checks of silver.payment are named c' }]);
  });

  test('a zod check that DuckDB cannot make names the column', async () => {
    const columns = { ...PAYMENT_COLUMNS, currency: z.string().refine((v) => v.length === 3) };
    expect(await check([payment({ columns })])).toMatchObject([
      {
        subject: 'silver.payment',
        where: 'silver.payment.currency',
        message: expect.stringContaining('cannot be checked'),
      },
    ]);
  });
});

describe('definitions', () => {
  test('time partitions need a date or a moment that is never null', async () => {
    const sql = PAYMENT_SQL;
    expect(await checkPayment(sql, { partitionBy: day('currency') })).toMatchObject([
      { where: 'silver.payment', message: 'silver.payment is cut by day of currency, which is VARCHAR' },
    ]);
    const columns = { ...PAYMENT_COLUMNS, paid_at: PAYMENT_COLUMNS.paid_at.nullable() };
    expect(await checkPayment(sql, { columns })).toMatchObject([{ message: expect.stringContaining('may be null') }]);
  });

  test('asOf columns exist', async () => {
    const inputs = {
      raw: rawPayment,
      rate: rate.asOf({ on: { curency: 'currency' }, at: 'paid', validFrom: 'valid_from' }),
    };
    const problems = await check([payment({ inputs })]);
    expect(problems).toMatchObject([
      {
        message: expect.stringMatching(
          /silver.payment.paid.*silver.rate.curency|silver.rate.curency.*silver.payment.paid/,
        ),
      },
    ]);
  });

  test('a cycle', async () => {
    const x = dataset({
      name: 'gold.x',
      description: 'd',
      inputs: { rate },
      columns: { k: key(bigint()) },
      sql: 'x.sql',
    });
    const y = dataset({ name: 'gold.y', description: 'd', inputs: { x }, columns: { k: key(bigint()) }, sql: 'x.sql' });
    (x.inputs as Record<string, unknown>).y = y.all();
    expect(await check([x, y])).toMatchObject([{ message: expect.stringContaining('gold.x') }]);
  });

  test('two owners', async () => {
    const shared = payment();
    const project = projectOf(shared);
    const both = { ...project, pipelines: [project.pipelines[0]!, { ...project.pipelines[0]!, name: 'hourly' }] };
    const { problems } = await checkDefinitions(both, { sqlRoot: join(folder, '0') });
    expect(problems).toMatchObject([{ message: expect.stringMatching(/listed by both nightly and hourly/) }]);
  });

  test('one wrong dataset does not hide the next', async () => {
    const problems = await check([payment()], { 'rate.sql': 'SELEC', 'payment.sql': 'SELECT' });
    expect(problems.map((p) => p.subject)).toEqual(['silver.rate', 'silver.payment']);
  });
});
