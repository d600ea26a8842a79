import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bring, DAY, dimensionOf, factsOf, openShop, START } from './company.ts';
import { type CustomerSeen, customerKey, type PaymentSeen } from './history.oracle.ts';
import { builtPartitions, type LakeRunner } from './lake-runner.ts';
import { customerVersion, dailySegment, dimCustomer } from './shop.project.ts';

let folder: string;
let runner: LakeRunner;
let position: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-type2-'));
  runner = await openShop(folder);
  position = 0;
});
afterEach(async () => {
  await runner.close();
  await rm(folder, { recursive: true, force: true });
});

const day = (n: number) => START + n * DAY;

function seen(id: string, at: number, segment: string, more: Partial<CustomerSeen> = {}): CustomerSeen {
  return { id, segment, country: 'FR', email: `${id}@x`, updatedAt: at, position: position++, ...more };
}
const gone = (of: CustomerSeen, at: number): CustomerSeen => ({ ...of, deletedAt: at, position: position++ });
function paid(id: string, customer: string | null, at: number): PaymentSeen {
  return { id, customer, cents: 100, paidAt: at, updatedAt: at, position: position++ };
}

/** `Standard -2 3` (from, to in days; empty: open) for each row of a customer. */
async function spans(id: string): Promise<string[]> {
  const inDays = (seconds: number | null) => (seconds === null ? '' : String((seconds - START) / DAY));
  return (await dimensionOf(runner))
    .filter((r) => r.customer_id === id)
    .sort((a, b) => (a.from ?? -1) - (b.from ?? -1))
    .map(
      (r) =>
        `${r.segment} ${inDays(r.from)}..${inDays(r.to)}${r.current ? ' now' : ''}${r.inferred ? ' inferred' : ''}`,
    );
}
const segmentsPaid = async () => Object.fromEntries((await factsOf(runner)).map((f) => [f.payment_id, f.segment]));

/** Rows of the dimension that stand for a customer, of all customers together. */
const rowsOfAll = async () => (await dimensionOf(runner)).filter((r) => r.customer_id !== null).length;

describe('the published sequence', () => {
  const standard = seen('anna', day(0), 'Standard');
  const premium = seen('anna', day(1), 'Premium');
  const again = seen('anna', day(4), 'Premium');
  // Idle is read as: the key stays away while something else happens, here another key that comes and stays.
  const PUBLISHED: readonly [step: string, news: CustomerSeen[], rows: number][] = [
    ['change', [standard, premium], 2],
    ['delete', [{ ...premium, deletedAt: day(2) }], 2],
    ['idle', [seen('ben', day(3), 'Standard')], 3],
    ['re-insert', [again], 4],
    ['delete', [{ ...again, deletedAt: day(5) }], 4],
  ];

  test('change, delete, idle, re-insert, delete: 2, 2, 3, 4, 4 rows', async () => {
    const counts: [string, number][] = [];
    for (const [step, news] of PUBLISHED) {
      await bring(
        runner,
        news.map((each) => ({ ...each, position: position++ })),
      );
      await runner.converge();
      counts.push([step, await rowsOfAll()]);
    }
    expect(counts).toEqual(PUBLISHED.map(([step, , rows]) => [step, rows]));
    expect(await spans('anna')).toEqual(['Standard ..1', 'Premium 1..2', 'Premium 4..5']);
  });

  test('all of it at once comes to the same', async () => {
    await bring(
      runner,
      PUBLISHED.flatMap(([, news]) => news).map((each) => ({ ...each, position: position++ })),
    );
    await runner.converge();
    expect(await rowsOfAll()).toBe(4);
    expect(await spans('anna')).toEqual(['Standard ..1', 'Premium 1..2', 'Premium 4..5']);
  });
});

describe('the rows of a key', () => {
  test('change, delete, idle, re-insert, change, delete: 2, 2, 2, 3, 4, 4 rows', async () => {
    const first = seen('anna', day(0), 'Standard');
    const second = seen('anna', day(1), 'Premium');
    const again = seen('anna', day(4), 'Premium');
    const last = seen('anna', day(5), 'Business');
    const steps: [CustomerSeen[], string[]][] = [
      [
        [first, second],
        ['Standard ..1', 'Premium 1.. now'],
      ],
      [[gone(second, day(2))], ['Standard ..1', 'Premium 1..2']],
      [[seen('ben', day(3), 'Standard')], ['Standard ..1', 'Premium 1..2']],
      [[again], ['Standard ..1', 'Premium 1..2', 'Premium 4.. now']],
      [[last], ['Standard ..1', 'Premium 1..2', 'Premium 4..5', 'Business 5.. now']],
      [[gone(last, day(6))], ['Standard ..1', 'Premium 1..2', 'Premium 4..5', 'Business 5..6']],
    ];
    for (const [news, expected] of steps) {
      await bring(runner, news);
      await runner.converge();
      expect(await spans('anna')).toEqual(expected);
    }
  });

  test('A, B, A are three; several changes a day are each a row; the same again is none', async () => {
    await bring(runner, [
      seen('anna', day(0), 'A'),
      seen('anna', day(1), 'B'),
      seen('anna', day(1) + 3600, 'A'),
      seen('anna', day(1) + 7200, 'A', { email: 'new@x' }),
    ]);
    await runner.converge();
    expect(await spans('anna')).toEqual(['A ..1', `B 1..${1 + 1 / 24}`, `A ${1 + 1 / 24}.. now`]);
    // The e-mail address is of type 1: its newest value stands in every row.
    expect((await dimensionOf(runner)).filter((r) => r.customer_id === 'anna').map((r) => r.email)).toEqual(
      Array(3).fill('new@x'),
    );
  });

  test('of two observations with one cursor time the later look counts, whichever comes first', async () => {
    const earlier = seen('anna', day(1), 'A');
    const later = seen('anna', day(1), 'B');
    await bring(runner, [seen('anna', day(0), 'S'), later]);
    await runner.converge();
    await bring(runner, [earlier]);
    await runner.converge();
    expect(await spans('anna')).toEqual(['S ..1', 'B 1.. now']);
  });

  test('a deletion before anything else is known makes no row', async () => {
    await bring(runner, [gone(seen('anna', day(0), 'A'), day(1))]);
    await runner.converge();
    expect(await spans('anna')).toEqual([]);
    expect((await dimensionOf(runner)).map((r) => r.customer_key)).toEqual(['-1', '-2']);
  });
});

describe('late ones', () => {
  test('a member only mentioned is inferred, and keeps its key when its row comes; a mention taken back takes it away', async () => {
    const key = async (id: string) => (await dimensionOf(runner)).find((r) => r.customer_id === id)?.customer_key;
    await bring(runner, [], [paid('p1', 'anna', day(2)), paid('p2', 'ben', day(2)), paid('p3', null, day(2))]);
    await runner.converge();
    expect(await spans('anna')).toEqual(['unknown .. now inferred']);
    expect(await key('anna')).toBe(customerKey('anna', null));
    expect(await segmentsPaid()).toEqual({ p1: 'unknown', p2: 'unknown', p3: 'unknown' });

    await bring(runner, [seen('anna', day(5), 'Premium')]);
    await runner.converge();
    expect(await spans('anna')).toEqual(['Premium .. now']);
    expect(await key('anna')).toBe(customerKey('anna', null));
    expect(await segmentsPaid()).toEqual({ p1: 'Premium', p2: 'unknown', p3: 'unknown' });

    await bring(runner, [], [{ ...paid('p2', 'anna', day(2)), updatedAt: day(6) }]);
    await runner.converge();
    expect(await spans('ben')).toEqual([]);
  });

  test('a late fact joins the row that held at its time, after a deletion the last one', async () => {
    const second = seen('anna', day(3), 'Premium');
    await bring(runner, [seen('anna', day(1), 'Standard'), second, gone(second, day(6))]);
    await runner.converge();
    await bring(
      runner,
      [],
      [
        paid('before', 'anna', day(0)),
        paid('first', 'anna', day(3) - 1),
        paid('second', 'anna', day(3)),
        paid('after', 'anna', day(9)),
      ],
    );
    await runner.converge();
    expect(await segmentsPaid()).toEqual({
      before: 'Standard',
      first: 'Standard',
      second: 'Premium',
      after: 'Premium',
    });
  });

  test('a version older than all others opens the history, and what was first gets a key of its own', async () => {
    await bring(runner, [seen('anna', day(4), 'Premium')], [paid('p1', 'anna', day(2)), paid('p2', 'anna', day(5))]);
    await runner.converge();
    expect(await segmentsPaid()).toEqual({ p1: 'Premium', p2: 'Premium' });
    await bring(runner, [seen('anna', day(1), 'Standard')]);
    await runner.converge();
    expect(await segmentsPaid()).toEqual({ p1: 'Standard', p2: 'Premium' });
    const keys = (await dimensionOf(runner))
      .filter((r) => r.customer_id === 'anna')
      .map((r) => [r.segment, r.customer_key]);
    expect(new Map(keys as [string, string][])).toEqual(
      new Map([
        ['Standard', customerKey('anna', null)],
        ['Premium', customerKey('anna', day(4))],
      ]),
    );
  });
});

describe('what is built', () => {
  /** The bucket of a customer. */
  async function bucketOf(id: string): Promise<string> {
    const { files } = await runner.platform.lake.table(customerVersion.name).snapshot();
    for (const file of files) {
      const found = await runner.session.value<bigint>(
        `SELECT count(*) FROM '${file.uri}' WHERE customer_id = '${id}'`,
      );
      if (found === 1n || (found ?? 0n) > 0n) return file.partition;
    }
    throw new Error(`${id} is in no file`);
  }

  test('a new version touches its bucket, and of the facts those of its key from then on', async () => {
    await bring(
      runner,
      [seen('anna', day(0), 'Standard'), seen('ben', day(0), 'Standard'), seen('cleo', day(0), 'Standard')],
      [paid('a1', 'anna', day(1)), paid('a3', 'anna', day(3)), paid('b4', 'ben', day(4)), paid('a5', 'anna', day(5))],
    );
    expect(builtPartitions(await runner.converge())).toHaveLength(2 + 4 + 4 + 4);
    expect(await runner.converge()).toEqual([]);

    const bucket = await bucketOf('anna');
    await bring(runner, [seen('anna', day(2), 'Premium')]);
    expect(builtPartitions(await runner.converge())).toEqual([
      'gold.daily_segment 2026-11-04',
      'gold.daily_segment 2026-11-06',
      `gold.dim_customer ${bucket}`,
      'gold.fact_payment 2026-11-04',
      'gold.fact_payment 2026-11-06',
      'silver.customer_version merge',
    ]);
    // Between two others: only what lies between.
    await bring(runner, [seen('anna', day(4), 'Standard')]);
    await runner.converge();
    await bring(runner, [seen('anna', day(2) + 60, 'Business')]);
    expect(builtPartitions(await runner.converge())).toEqual([
      'gold.daily_segment 2026-11-04',
      `gold.dim_customer ${bucket}`,
      'gold.fact_payment 2026-11-04',
      'silver.customer_version merge',
    ]);
  });

  test('a type 1 attribute, a deletion and a version that changes nothing touch no fact', async () => {
    const first = seen('anna', day(0), 'Standard');
    await bring(runner, [first], [paid('a1', 'anna', day(1)), paid('a5', 'anna', day(5))]);
    await runner.converge();
    const bucket = await bucketOf('anna');
    for (const news of [
      seen('anna', day(2), 'Standard', { email: 'new@x' }),
      seen('anna', day(3), 'Standard'),
      gone(first, day(4)),
    ]) {
      await bring(runner, [news]);
      expect(builtPartitions(await runner.converge())).toEqual([
        `gold.dim_customer ${bucket}`,
        'silver.customer_version merge',
      ]);
    }
    expect(await spans('anna')).toEqual(['Standard ..4']);
  });

  test('a day of payments touches the dimension only where it mentions somebody new', async () => {
    await bring(runner, [seen('anna', day(0), 'Standard')], [paid('a1', 'anna', day(1))]);
    await runner.converge();
    await bring(runner, [], [paid('a2', 'anna', day(2)), paid('a3', null, day(2))]);
    const built = builtPartitions(await runner.converge());
    expect(built).toEqual(['gold.daily_segment 2026-11-03', 'gold.fact_payment 2026-11-03', 'silver.payment merge']);
    // That it was looked at is on record: nobody looks again.
    expect(await runner.converge()).toEqual([]);
    expect(await runner.problems()).toEqual([]);

    await bring(runner, [], [paid('z1', 'zoe', day(2))]);
    const dimension = builtPartitions(await runner.converge()).filter((p) => p.startsWith(dimCustomer.name));
    expect(dimension).toHaveLength(1);
    expect(await spans('zoe')).toEqual(['unknown .. now inferred']);
  });

  test('the sum of a day is what a full recomputation gives', async () => {
    for (let n = 0; n < 4; n += 1) {
      await bring(
        runner,
        [seen('anna', day(n * 2), n % 2 ? 'Premium' : 'Standard')],
        [paid(`p${n}`, 'anna', day(n)), paid(`q${n}`, 'ben', day(n))],
      );
      await runner.converge();
    }
    const incremental = await runner.rows(dailySegment);
    const built = await runner.converge({ reprocess: 'completed' });
    expect(built.length).toBeGreaterThan(0);
    expect(await runner.rows(dailySegment)).toEqual(incremental);
  });
});
