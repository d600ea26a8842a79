import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../servers.ts';
import { openSources, type SourceDatabase, type Sources } from './sources.fixture.ts';

/** Two months, with a shift after forty days. */
const DAYS = 60;
const SHIFT = '2026-12-11';
/** Share of all payments, at least and at most; those that come in bursts vary more. */
const SHARES: Readonly<Record<string, readonly [number, number]>> = {
  stolen_card: [0.0022, 0.006],
  compromised_merchant: [0.0012, 0.0028],
  high_amount: [0.0012, 0.0028],
  card_testing: [0.0015, 0.0075],
};

await describeWith(['postgres', 'mongodb'], 'fraud at the payments company', (addresses) => {
  let sources: Sources;
  let database: SourceDatabase;

  beforeAll(async () => {
    sources = await openSources(addresses);
    database = await sources.database();
    const options = { seed: 42, start: '2026-11-01', rowsPerDay: 500, hugeDocumentBytes: 0, shiftFrom: SHIFT };
    const generator = await database.generator(options, { documents: false });
    await generator.migrate();
    await generator.bootstrap(DAYS);
  });
  afterAll(() => sources?.close());

  async function one<T extends Record<string, number>>(sql: string): Promise<T> {
    const { rows } = await database.client.query<Record<string, string>>(sql);
    return Object.fromEntries(Object.entries(rows[0]!).map(([name, value]) => [name, Number(value)])) as T;
  }

  const BEFORE = `event_time < '${SHIFT}'`;
  const FRAUDS = `simulation.fraud f join transaction t on t.id = f.transaction_id`;

  it('each pattern has its share of the payments; the new one comes with the shift', async () => {
    const { payments } = await one<{ payments: number }>(
      `select count(*) as payments from transaction where ${BEFORE}`,
    );
    for (const [pattern, [least, most]] of Object.entries(SHARES)) {
      const { found } = await one<{ found: number }>(
        `select count(*) as found from simulation.fraud where pattern = '${pattern}' and ${BEFORE}`,
      );
      expect(found / payments, pattern).toBeGreaterThan(least);
      expect(found / payments, pattern).toBeLessThan(most);
    }
    const { early, late } = await one<{ early: number; late: number }>(
      `select count(*) filter (where ${BEFORE}) as early, count(*) filter (where not ${BEFORE}) as late
       from simulation.fraud where pattern = 'account_takeover'`,
    );
    expect(early).toBe(0);
    expect(late).toBeGreaterThan(30);
  });

  it('disputes come days to weeks late and label most of it', async () => {
    const delays = await one<{ fewest: number; median: number; most: number }>(
      `select min(days) as fewest, percentile_cont(0.5) within group (order by days) as median, max(days) as most
       from (select extract(epoch from d.created_at - t.created_at) / 86400 as days from ${FRAUDS} join dispute d on d.transaction_id = t.id) x`,
    );
    expect(delays.fewest).toBeGreaterThan(1);
    expect(delays.median).toBeGreaterThan(5);
    expect(delays.median).toBeLessThan(11);
    expect(delays.most).toBeGreaterThan(25);
    expect(delays.most).toBeLessThan(46);
    // Of the first fortnight, 45 days later: everything that will ever be labelled is.
    const { captured, labelled } = await one<{ captured: number; labelled: number }>(
      `select count(*) filter (where t.status <> 'failed') as captured, count(d.id) as labelled
       from ${FRAUDS} left join dispute d on d.transaction_id = t.id and d.reason = 'fraudulent' where t.event_time < '2026-11-15'`,
    );
    expect(captured).toBeGreaterThan(40);
    expect(labelled / captured).toBeGreaterThan(0.88);
    expect(labelled / captured).toBeLessThan(1);
  });

  it('some call fraud what was none', async () => {
    const { friendly, payments } = await one<{ friendly: number; payments: number }>(
      `select (select count(*) from dispute d where reason = 'fraudulent' and not exists (select from simulation.fraud f where f.transaction_id = d.transaction_id)) as friendly,
         (select count(*) from transaction where event_time < '2026-12-15') as payments`,
    );
    expect(friendly / payments).toBeGreaterThan(0.0008);
    expect(friendly / payments).toBeLessThan(0.0035);
  });

  it('a stolen card: within two hours, from another country and another device, at merchants its holder does not know', async () => {
    const bursts = `select t.card_token, t.event_time::date as day, count(*) as payments, max(t.event_time) - min(t.event_time) as took,
        count(distinct t.merchant_id) as merchants, bool_and(t.location_country <> t.billing_country) as abroad
      from ${FRAUDS} where f.pattern = 'stolen_card' group by 1, 2 having count(*) >= 3`;
    const found = await one<{ bursts: number; quick: number; abroad: number; merchants: number }>(
      `select count(*) as bursts, avg((took < interval '4 hours')::int) as quick, avg(coalesce(abroad, true)::int) as abroad, avg(merchants::numeric / payments) as merchants from (${bursts}) b`,
    );
    expect(found.bursts).toBeGreaterThan(5);
    expect(found.quick).toBeGreaterThan(0.6);
    expect(found.abroad).toBe(1);
    expect(found.merchants).toBeGreaterThan(0.8);
  });

  it('amounts: card tests are small, the high ones far above what is usual', async () => {
    const euros = `select f.pattern, t.amount * coalesce((select r.rate_to_eur from exchange_rate r where r.currency = t.currency order by rate_date desc limit 1), 1) as eur
      from transaction t left join simulation.fraud f on f.transaction_id = t.id`;
    const found = await one<{ usual: number; tests: number; high: number }>(
      `select percentile_cont(0.5) within group (order by eur) filter (where pattern is null) as usual,
         max(eur) filter (where pattern = 'card_testing') as tests, min(eur) filter (where pattern = 'high_amount') as high from (${euros}) e`,
    );
    expect(found.usual).toBeGreaterThan(20);
    expect(found.usual).toBeLessThan(200);
    expect(found.tests).toBeLessThan(4);
    expect(found.high).toBeGreaterThan(found.usual * 5);
  });

  it('customers keep to their habits: device, country, merchants, hours', async () => {
    const usual = `select t.*, extract(hour from t.event_time) as hour from transaction t
      where t.subscription_id is null and ${BEFORE} and not exists (select from simulation.fraud f where f.transaction_id = t.id)
        and t.customer_id in (select customer_id from transaction group by 1 having count(*) > 60)`;
    /** How often the commonest value of each customer occurs. */
    const kept = (what: string) =>
      one<{ share: number }>(`select sum(most) / sum(total) as share from (
        select customer_id, max(n) as most, sum(n) as total from (select customer_id, ${what}, count(*) as n from (${usual}) u where ${what} is not null group by 1, 2) c group by 1) s`);
    expect((await kept('device_type')).share).toBeGreaterThan(0.8);
    expect((await kept('location_country')).share).toBeGreaterThan(0.75);
    const { share } = await one<{ share: number }>(`select sum(most)::numeric / sum(total) as share from (
      select customer_id, sum(n) filter (where place <= 5) as most, sum(n) as total from (
        select customer_id, count(*) as n, row_number() over (partition by customer_id order by count(*) desc) as place from (${usual}) u group by customer_id, merchant_id) c group by 1) s`);
    expect(share).toBeGreaterThan(0.4);
    const awake = await one<{ hours: number }>(
      `select avg(hours) as hours from (select customer_id, count(distinct hour) as hours from (${usual}) u group by 1 having count(*) > 60) h`,
    );
    expect(awake.hours).toBeLessThan(20);
  });

  it('weeks and the time before Christmas show in the number of payments, and the shift in the merchants', async () => {
    const days = await one<{ saturdays: number; sundays: number; november: number; december: number }>(
      `select avg(n) filter (where dow = 6 and day < '2026-11-20') as saturdays, avg(n) filter (where dow = 0 and day < '2026-11-20') as sundays,
         avg(n) filter (where day < '2026-11-15') as november, avg(n) filter (where day between '2026-12-01' and '2026-12-14') as december
       from (select created_at::date as day, extract(dow from created_at::date) as dow, count(*) as n from transaction group by 1) d`,
    );
    expect(days.saturdays / days.sundays).toBeCloseTo(1.15 / 0.9, 1);
    expect(days.december / days.november).toBeCloseTo(1.3, 1);
    const { overlap } = await one<{ overlap: number }>(`select count(*) as overlap from (
      (select merchant_id from transaction where ${BEFORE} group by 1 order by count(*) desc limit 20)
      intersect (select merchant_id from transaction where not ${BEFORE} group by 1 order by count(*) desc limit 20)) both_times`);
    expect(overlap).toBeLessThan(12);
  });
});
