import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningWorker } from '../../workers/worker.ts';
import { fullRun } from '../full-run.ts';
import { oracleSegmentation } from '../oracle/segmentation.oracle.ts';
import { MINUTES } from '../patience.ts';
import { describeWith } from '../servers.ts';
import { accountFor, MERGED } from './accounting.ts';
import { expectSourcesInBronze } from './bronze-holds-sources.ts';
import { type Changed, changesSince } from './changes.ts';
import { dateOfDay, openCompanySources } from './company.sources.ts';
import { Company } from './company.ts';
import { deltaEngines, expectEnginesAgree } from './delta-engines.ts';
import { changedByOracle, changedTables } from './expected-changes.ts';
import { figure, timed } from './figures.ts';
import { expectKnownKeys, expectOracle, expectTable } from './oracle-equality.ts';
import type { TextRow } from './text-rows.ts';

const DIRTY = ['silver.review', 'silver.session', 'silver.scored_payment', 'silver.server_session'];
const MOVING = ['silver.payment', 'silver.review', 'silver.session', 'silver.customer', 'silver.subscription'];
const SEGMENTS = 'gold.customer_segmentation_summary';
/** Of fourteen days; the demo has three nights too. */
const NIGHTS = fullRun ? [12, 13, 14] : [14];
const BACKFILLED = NIGHTS[0]! - 1;
const engines = await deltaEngines();
const withoutPython = 'missing' in engines ? ` (skipped: ${engines.missing})` : '';

await describeWith(['temporal', 'postgres', 'mongodb'], 'fourteen days of the payments company', (addresses) => {
  let company: Company;
  let worker: RunningWorker;
  let oracle: Readonly<Record<string, readonly TextRow[]>>;
  let segments: readonly TextRow[];

  beforeAll(async () => {
    const sources = await openCompanySources(addresses, { rowsPerDay: 200 });
    company = await Company.open({ sources, temporal: addresses.temporal });
    worker = await company.startWorker();
  }, 3 * MINUTES);

  afterAll(async () => {
    await company?.close();
    await company?.sources.close();
  });

  /** One night, of which lake and warehouse come out as the oracle, by no other change than the oracle's. */
  async function night(day: number, what: string): Promise<Record<string, Changed>> {
    const before = oracle;
    const versions = await (await company.lake()).versions();
    await timed(`nightly, ${what}`, () => company.nightly(day));
    oracle = await company.sources.oracle();
    await expectOracle(company, oracle);
    await expectKnownKeys(company);
    const changes = changedTables(await changesSince(await company.lake(), versions));
    expect(changes).toEqual(changedByOracle(before, oracle));
    figure(`partitions changed, ${what}`, numbers(changes));
    return changes;
  }

  test(`${BACKFILLED} days by one backfill: lake and warehouse equal the oracle`, {
    timeout: 5 * MINUTES,
  }, async () => {
    await company.sources.live(BACKFILLED);
    const summary = await timed(`backfill of ${BACKFILLED} days`, () => company.backfill(1, BACKFILLED));
    expect(summary.published).toMatchObject({ cut: summary.cut });
    oracle = await company.sources.oracle();
    figure('rows compared in every column after the backfill', await expectOracle(company, oracle));
    await expectKnownKeys(company);
  });

  test.each(NIGHTS)(
    'the night after day %i: equal to the oracle, and nothing else was changed',
    { timeout: 3 * MINUTES },
    async (day) => {
      await company.sources.live(day);
      const changes = await night(day, `day ${day}`);
      expect(changes['gold.fact_payment']?.content).toContain(dateOfDay(day));
    },
  );

  test('every source row is in bronze as it is now', { timeout: 2 * MINUTES }, async () => {
    figure('source rows found in bronze', await expectSourcesInBronze(await company.lake(), company.sources));
  });

  test.each(Object.keys(MERGED))(
    '%s: each observation is current, superseded, deleted or quarantined, exactly one of them',
    { timeout: 2 * MINUTES },
    async (silver) => {
      const account = await accountFor(await company.lake(), silver);
      figure(`observations for ${silver}`, account);
      const { current, superseded, quarantined, deleted } = account;
      expect(current + superseded + quarantined + deleted).toBe(account.observations);
      expect(current).toBeGreaterThan(0);
      // Where there is no dirt there is nothing to prove about quarantine, and so on.
      expect(quarantined > 0).toBe(DIRTY.includes(silver));
      if (MOVING.includes(silver)) expect(superseded).toBeGreaterThan(0);
      expect(deleted > 0).toBe(silver === 'silver.subscription');
    },
  );

  test.skipIf(withoutPython !== '')(
    `delta-rs and Polars read every table and agree${withoutPython}`,
    { timeout: 2 * MINUTES },
    async () => {
      const { python } = engines as { python: string };
      figure('rows that delta-rs, Polars and Strata agree on', await expectEnginesAgree(python, company, worker));
    },
  );

  test('a day run twice changes nothing', { timeout: 2 * MINUTES }, async () => {
    await company.lookedForDrift(14);
    const versions = await (await company.lake()).versions();
    const digest = await company.warehouseDigest();
    const [first] = await company.warehouse('SELECT * FROM _strata.publication');
    const summary = await timed('nightly of day 14 again', () => company.nightly(14));
    expect(await changesSince(await company.lake(), versions)).toEqual({});
    expect(await company.warehouseDigest()).toBe(digest);
    expect(String(summary.cut)).toBe(first!.cut);
    const again = await timed('nightly of day 12 again', () => company.nightly(12));
    expect(await changesSince(await company.lake(), versions)).toEqual({});
    expect(again.cut).toBe(summary.cut);
    expect(await company.warehouseDigest()).toBe(digest);
  });

  test('a late update to a payment of ten days ago', { timeout: 2 * MINUTES }, async () => {
    const { client, generator } = company.sources;
    const { rows } = await client.query(
      `select id from transaction where status = 'succeeded' and currency = 'USD' and event_time >= $1 and event_time < $2 order by id limit 1`,
      [dateOfDay(5), dateOfDay(6)],
    );
    await generator.updatePaymentStatus(rows[0].id, 'disputed', `${dateOfDay(15)}T10:00:00Z`);
    const changes = await night(15, 'a payment of ten days ago is disputed');
    const old = { content: [dateOfDay(5)], files: [dateOfDay(5)] };
    expect(changes['silver.payment']).toEqual(old);
    expect(changes['gold.fact_payment']).toEqual(old);
    // Disputed money was captured: the day's revenue stays.
    expect(changes['gold.daily_revenue_by_merchant']).toBeUndefined();
  });

  test('the weekly segments', { timeout: 2 * MINUTES }, async () => {
    await timed('three weeks of segments', () => company.weekly(dateOfDay(-5), dateOfDay(15)));
    segments = await oracleSegmentation(company.sources.client);
    figure('customers and weeks in segments', String(segments.length));
    await expectTable(company, SEGMENTS, segments);
  });

  test('an old payment is captured, a country renamed, a bad review put right', { timeout: 2 * MINUTES }, async () => {
    const { client, db, generator } = company.sources;
    const at = `${dateOfDay(16)}T10:00:00Z`;
    const { rows } = await client.query(
      `select id from transaction where status = 'pending' and event_time >= $1 and event_time < $2 order by id limit 1`,
      [dateOfDay(1), dateOfDay(12)],
    );
    await generator.updatePaymentStatus(rows[0].id, 'succeeded', at);
    await client.query(`update country set name = 'Frankreich', updated_at = $1 where code = 'FR'`, [at]);
    const reviews = db.collection('customer_review');
    const bad = await reviews.find({ rating: 'five' }).toArray();
    const counts = await Promise.all(bad.map(({ transaction_id }) => reviews.countDocuments({ transaction_id })));
    const { _id } = bad.find((_, n) => counts[n] === 1)!;
    await reviews.updateOne({ _id }, { $set: { rating: 5, updated_at: new Date(at) } });
    const changes = await night(16, 'a payment captured, a country renamed, a bad review put right');
    expect(changes['gold.daily_revenue_by_merchant']?.content).toHaveLength(1);
    expect(changes['gold.dim_country']?.content).toEqual(['all']);
    expect(changes['silver.review']?.content).toHaveLength(1);
    const lake = await company.lake();
    const account = await accountFor(lake, 'silver.country');
    expect(account).toEqual({ observations: 16, current: 15, superseded: 1, quarantined: 0, deleted: 0 });
  });

  test('its week and those that look back at it are segmented anew', { timeout: 2 * MINUTES }, async () => {
    const versions = await (await company.lake()).versions();
    await timed('segments again', () => company.weekly(dateOfDay(2), dateOfDay(15)));
    const now = await oracleSegmentation(company.sources.client);
    await expectTable(company, SEGMENTS, now);
    const changes = changedTables(await changesSince(await company.lake(), versions));
    expect(changes).toEqual(changedByOracle({ [SEGMENTS]: segments }, { [SEGMENTS]: now }));
    expect(changes[SEGMENTS]?.content.length).toBeGreaterThan(0);
  });

  test('a corrected exchange rate', { timeout: 2 * MINUTES }, async () => {
    const { client, generator } = company.sources;
    // A Friday: its rate is also that of the weekend.
    const friday = dateOfDay(6);
    const { rows } = await client.query(
      `select rate_to_eur * 1.25 as rate from exchange_rate where currency = 'USD' and rate_date = $1`,
      [friday],
    );
    await generator.correctExchangeRate('USD', friday, Number(rows[0].rate).toFixed(8), `${dateOfDay(17)}T09:00:00Z`);
    const changes = await night(17, 'the rate of a Friday is corrected');
    const weekend = [dateOfDay(6), dateOfDay(7), dateOfDay(8)];
    expect(changes['silver.payment']?.content).toEqual(weekend);
    expect(changes['gold.fact_payment']?.content).toEqual(weekend);
    expect(changes['silver.exchange_rate']?.content).toEqual(['all']);
    expect(changes['gold.dim_merchant']).toBeUndefined();
  });

  test('a merchant that arrives after its payments', { timeout: 2 * MINUTES }, async () => {
    const { client, generator } = company.sources;
    const { rows } = await client.query(
      'select merchant_id as id, count(*) as payments from transaction where merchant_id not in (select id from merchant) group by 1 order by 1 limit 1',
    );
    expect(rows).toHaveLength(1);
    const row = { id: rows[0].id, name: 'Late & Sons "Ltd"', industry: 'Retail', size: 'Small', country: 'FR' };
    await generator.insertMerchant(row, `${dateOfDay(18)}T08:00:00Z`);
    const changes = await night(18, 'a merchant arrives after its payments');
    expect(changes['gold.dim_merchant']?.content).toHaveLength(1);
    // Its size is known now, and so is what we charge. Its inferred member had the key that the real one has: no fact moves.
    expect(changes['gold.fact_payment']).toBeDefined();
    expect(changes['silver.payment']).toBeUndefined();
    expect(changes['gold.fact_fraud_analysis']).toBeUndefined();
    const [named] = await company.warehouse(
      `SELECT count(*) AS payments FROM dev.fact_payment JOIN dev.dim_merchant USING (merchant_key) WHERE name = 'Late & Sons "Ltd"'`,
    );
    expect(named?.payments).toBe(rows[0].payments);
  });

  test('an update that was committed long after its time', { timeout: 2 * MINUTES }, async () => {
    const { client, generator } = company.sources;
    const { rows } = await client.query(
      `select id from transaction where status = 'succeeded' and event_time >= $1 and event_time < $2 order by id limit 1`,
      [dateOfDay(9), dateOfDay(10)],
    );
    // Earlier than what the nights since have read, and within the declared lateness of it.
    await generator.updatePaymentStatus(rows[0].id, 'disputed', `${dateOfDay(16)}T09:30:00Z`);
    const changes = await night(19, 'an update committed three days late');
    expect(changes['gold.fact_payment']?.content).toEqual([dateOfDay(9)]);
  });

  test('after all of it each observation is still accounted for', { timeout: 2 * MINUTES }, async () => {
    const lake = await company.lake();
    for (const silver of Object.keys(MERGED))
      figure(`finally, observations for ${silver}`, await accountFor(lake, silver));
    await expectSourcesInBronze(lake, company.sources);
  });
});

const numbers = (changes: Readonly<Record<string, Changed>>) =>
  Object.fromEntries(Object.entries(changes).map(([table, { content }]) => [table, content.length]));
