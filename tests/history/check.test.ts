import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  bucket,
  dataset,
  date,
  day,
  key,
  merge,
  rowCheck,
  rowCount,
  text,
  timestamp,
  type2,
  whole,
} from '../../core/builders.ts';
import type { Dataset } from '../../core/dataset.ts';
import { contentHash } from '../../engine/content-hash.ts';
import type { Problem } from '../../engine/problem.ts';
import { checkDefinitions } from '../../quality/definition.ts';
import { failureOf, useFolder, writeFiles } from '../engine/engine.fixture.ts';
import { projectOf } from '../engine/project.fixture.ts';
import { SQL } from './company.ts';
import {
  bronzePayment,
  customerVersion,
  dailySegment,
  dimCustomer,
  factPayment,
  payment,
  shop,
} from './shop.project.ts';

const folder = useFolder();
let nth = 0;

const TYPE2 = {
  key: 'customer_id',
  at: 'changed_at',
  deleted: 'is_deleted',
  track: ['segment'],
  surrogate: 'customer_key',
  members: { payment: 'customer_id' },
} as const;
const COLUMNS = {
  customer_id: text().nullable(),
  segment: text(),
  country: text().nullable(),
  email: text().nullable(),
};

type Definition = Parameters<typeof dataset>[0];
const redefine = (of: Dataset & { readonly shape: object }, change: object): Dataset =>
  dataset({ ...of, columns: of.shape, checks: [], ...change } as unknown as Definition);

/** The dimension with something changed; loose types, because the compiler refuses most of these before anybody runs them. */
const dimension = (change: object = {}, history: object = {}): Dataset =>
  dataset({
    name: 'gold.dim_customer',
    description: 'd',
    inputs: { version: customerVersion, payment: payment.all() },
    sql: 'dim_customer.sql',
    partitionBy: bucket('customer_id', 4),
    columns: COLUMNS,
    history: type2({ ...TYPE2, ...history } as typeof TYPE2),
    ...change,
  } as unknown as Definition);

test('the project itself has no problems', async () => {
  expect((await checkDefinitions(shop, { sqlRoot: SQL })).problems).toEqual([]);
});

test('the columns that history adds come by themselves, the surrogate first', () => {
  expect(dimCustomer.columns.map((c) => c.name)).toEqual(
    'customer_key customer_id segment country email valid_from valid_to is_current is_inferred'.split(' '),
  );
  expect(dimCustomer.key).toEqual(['customer_key']);
  expect(dimCustomer.columns.every((c) => c.description !== undefined || COLUMNS[c.name as keyof typeof COLUMNS])).toBe(
    true,
  );
});

test('names in a history are held to the columns by the compiler', () => {
  const define = () =>
    dataset({
      name: 'gold.dim_customer',
      description: 'd',
      inputs: { version: customerVersion },
      sql: 'dim_customer.sql',
      partitionBy: bucket('customer_id', 4),
      columns: COLUMNS,
      // @ts-expect-error: there is no column named segmnt
      history: type2({ key: 'customer_id', at: 'changed_at', track: ['segmnt'], surrogate: 'customer_key' }),
    });
  expect(define).toThrow('gold.dim_customer: history names segmnt, which is no column of its SQL');
});

describe('a definition is refused', () => {
  test.each<[string, object, object, string]>([
    ['without buckets', { partitionBy: whole() }, {}, 'a history needs all versions of a key in one partition'],
    [
      'cut by another column',
      { partitionBy: bucket('segment', 4) },
      {},
      'a history needs all versions of a key in one partition',
    ],
    [
      'that merges',
      { write: merge({ latestBy: 'segment' }), inputs: { raw: bronzePayment } },
      {},
      'a history replaces its partitions',
    ],
    [
      'that tracks what is not there',
      {},
      { track: ['segment', 'size'] },
      'history names size, which is no column of its SQL',
    ],
    ['that tracks what Strata fills', {}, { track: ['valid_from'] }, 'history names valid_from, which is no column'],
    ['that tracks nothing', {}, { track: [] }, 'history tracks no column'],
    ['that tracks its key', {}, { track: ['customer_id'] }, 'history tracks its own key customer_id'],
    ['with another key', {}, { key: 'id' }, 'a history needs all versions of a key in one partition'],
    [
      'that stores its moment',
      { columns: { ...COLUMNS, changed_at: timestamp() } },
      {},
      'changed_at belongs to the SQL of a history',
    ],
    [
      'with a second key',
      { columns: { ...COLUMNS, segment: key(text()) } },
      {},
      'the key of a history is its surrogate customer_key alone',
    ],
    [
      'whose natural key is never null',
      { columns: { ...COLUMNS, customer_id: text() } },
      {},
      'customer_id is null in the unknown and the not-applicable member',
    ],
    [
      'with a date that members cannot have',
      { columns: { ...COLUMNS, since: date() } },
      {},
      'since DATE has no value in members that are unknown',
    ],
    [
      'that fills is_current otherwise',
      { columns: { ...COLUMNS, is_current: text() } },
      {},
      'is_current of a history is BOOLEAN, never null',
    ],
    ['with members of no input', {}, { members: { order: 'customer_id' } }, 'members names order, which is no input'],
    [
      'with members of no column',
      {},
      { members: { payment: 'client_id' } },
      'members names payment.client_id, which does not exist',
    ],
    [
      'with members in a source',
      { inputs: { version: customerVersion, payment: bronzePayment } },
      {},
      'members names the source dataset bronze.payment',
    ],
    [
      'with members looked up',
      { inputs: { version: customerVersion, payment: payment.lookup() } },
      {},
      'members names payment, which is read by lookup',
    ],
    [
      'with members that it reads too',
      { inputs: { version: customerVersion, payment: payment.all(), again: payment.all() } },
      {},
      'members names silver.payment, which the SQL reads too',
    ],
  ])('%s', async (_, change, history, message) => {
    const failure = await failureOf(() => dimension(change, history));
    expect(failure).toMatchObject({
      code: 'bad_definition',
      message: expect.stringContaining(message),
      hint: expect.any(String),
    });
    expect(failure.message).toMatch(/^gold\.dim_customer: /);
  });

  test.each([0, 257, 1.5])('%s buckets', async (count) => {
    expect(await failureOf(() => bucket('id', count))).toMatchObject({ code: 'bad_definition' });
  });
});

describe('strata check says', () => {
  const DIM = 'SELECT customer_id, changed_at, is_deleted, segment, country, email FROM {{version}}';
  const FACT = `SELECT payment.payment_id, payment.customer_id, customer.customer_key, customer.segment, payment.amount, payment.paid_on, payment.paid_at
    FROM {{payment}} AS payment ASOF LEFT JOIN {{customer}} AS customer ON customer.customer_id = payment.customer_id AND customer.valid_from <= payment.paid_at`;
  const REST = {
    'customer_version.sql': `SELECT id AS customer_id, updated_at AS changed_at, _op = 'd' AS is_deleted, segment, country, email FROM {{raw}}`,
    'payment.sql': `SELECT id AS payment_id, customer_id, amount, (paid_at AT TIME ZONE 'UTC')::DATE AS paid_on, paid_at, updated_at FROM {{raw}}`,
    'daily_segment.sql':
      'SELECT paid_on, segment, COUNT(*) AS payments, CAST(SUM(amount) AS DECIMAL(38, 2)) AS amount FROM {{fact}} GROUP BY ALL',
  };
  async function problemsOf(datasets: Dataset[], sql: { dim?: string; fact?: string } = {}): Promise<Problem[]> {
    const sqlRoot = join(folder, String(nth++));
    writeFiles(sqlRoot, { ...REST, 'dim_customer.sql': sql.dim ?? DIM, 'fact_payment.sql': sql.fact ?? FACT });
    return [...(await checkDefinitions(projectOf(...datasets), { sqlRoot })).problems];
  }
  const one = (message: string, hint = '') => [
    expect.objectContaining({ message: expect.stringContaining(message), hint: expect.stringContaining(hint) }),
  ];

  test('that a version lacks its moment', async () => {
    const dim = 'SELECT customer_id, is_deleted, segment, country, email FROM {{version}}';
    expect(await problemsOf([dimension()], { dim })).toEqual(
      one('declares changed_at TIMESTAMPTZ, sql/dim_customer.sql gives no such column'),
    );
  });

  test('that the SQL gives what Strata fills', async () => {
    const dim = DIM.replace('email', 'email, changed_at AS valid_from');
    expect(await problemsOf([dimension()], { dim })).toEqual(
      one('valid_from TIMESTAMPTZ, which gold.dim_customer fills itself', 'Leave it out'),
    );
  });

  test('that the SQL reads where only mentions are looked for', async () => {
    const dim = `${DIM} SEMI JOIN {{payment}} USING (customer_id)`;
    expect(await problemsOf([dimension()], { dim })).toEqual(
      one('reads {{payment}}, in which Strata looks for mentioned keys only'),
    );
  });

  test.each(['valid_to', 'is_current', 'email'])('that a reader by time may not see %s', async (column) => {
    const fact = FACT.replace('customer.segment', `customer.${column}::VARCHAR AS segment`);
    const found = await problemsOf([factPayment, dailySegment], { fact });
    expect(found).toEqual(one(column, 'it sees customer_key, customer_id, segment, country, valid_from'));
  });

  test('that a history is read by another key or moment', async () => {
    const reader = (on: Record<string, string>, validFrom: string) =>
      redefine(factPayment, { inputs: { payment, customer: dimCustomer.asOf({ on, at: 'paid_at', validFrom }) } });
    const message = 'gold.fact_payment reads the history gold.dim_customer by';
    expect(await problemsOf([reader({ segment: 'segment' }, 'valid_from')])).toContainEqual(
      one(message, 'customer_id')[0],
    );
    expect(await problemsOf([reader({ customer_id: 'customer_id' }, 'valid_to')])).toContainEqual(
      one(message, 'valid_from')[0],
    );
  });

  test('that the unknown member would lie in quarantine', async () => {
    const columns = { ...COLUMNS, segment: z.enum(['Standard', 'Premium']) };
    expect(
      await problemsOf([dimension({ columns, checks: [rowCheck('has a country', 'country IS NOT NULL')] })]),
    ).toEqual(
      ['unknown', 'not applicable'].flatMap((member) =>
        ['segment: ', 'has a country'].map((name) =>
          expect.objectContaining({ message: expect.stringContaining(`the ${member} member fails the check ${name}`) }),
        ),
      ),
    );
  });

  test('that row counts of buckets say nothing', async () => {
    const counted = dimension({ checks: [rowCount({ sigma: 3 })] });
    expect(await problemsOf([counted])).toEqual(one('buckets have no order', 'audit'));
  });

  test('that buckets are cut by a text or a whole number, and have no window', async () => {
    const cut = (column: string) => redefine(dailySegment, { partitionBy: bucket(column, 2) });
    expect(await problemsOf([cut('amount')])).toEqual(
      one('gold.daily_segment is cut into buckets of amount, which is DECIMAL(38,2)'),
    );
    const windowed = redefine(dailySegment, {
      partitionBy: bucket('segment', 2),
      inputs: { fact: factPayment.window('3 days') },
    });
    expect(await problemsOf([windowed])).toContainEqual(one('by a window, but buckets have no time')[0]);
    const time = redefine(dailySegment, {
      partitionBy: day('paid_on'),
      inputs: { fact: cut('segment') },
      sql: 'daily_again.sql',
      name: 'gold.again',
    });
    expect(await problemsOf([time])).toContainEqual(one('is cut by day, but no input says which days there are')[0]);
  });
});

test('what decides about a history decides about its hash; the order of tracked columns does not', () => {
  const hash = (change: object, history: object) =>
    contentHash(dimension(change, history) as typeof dimCustomer, 'SELECT 1', []);
  const base = hash({}, { track: ['segment', 'country'] });
  expect(hash({}, { track: ['country', 'segment'] })).toBe(base);
  const others = [
    hash({}, { track: ['segment'] }),
    hash({}, { members: {} }),
    hash({ partitionBy: bucket('customer_id', 8) }, { track: ['segment', 'country'] }),
  ];
  expect(new Set([base, ...others]).size).toBe(4);
});
