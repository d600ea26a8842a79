import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { dimCountry } from '../../models/gold/dim-country.ts';
import { dimCustomer } from '../../models/gold/dim-customer.ts';
import { dimDate } from '../../models/gold/dim-date.ts';
import { dimMerchant } from '../../models/gold/dim-merchant.ts';
import { factPayment } from '../../models/gold/fact-payment.ts';
import { mention } from '../../models/silver/mention.ts';
import { pick, runModel } from './run-model.ts';

/** The key as documented, computed without DuckDB. */
const keyOf = (natural: string) =>
  String(BigInt(`0x${createHash('md5').update(`${natural}|-infinity`).digest('hex').slice(0, 16)}`) >> 1n);

const payment = (id: string, customer_id: string | null, merchant_id: string | null, rest = {}) => ({
  payment_id: id,
  customer_id,
  merchant_id,
  event_date: '2026-11-01',
  event_time: '2026-11-01T10:00:00Z',
  created_at: '2026-11-02T23:59:59Z',
  ...rest,
});

describe('dimensions', () => {
  it('infer merchants that only payments know, under the key that the real row gets later', async () => {
    const given = { payment: [payment('1', 'c1', 'm1'), payment('2', 'c1', 'm2'), payment('3', 'c1', 'm2')] };
    const since = { changed_at: '2026-11-05T10:00:00Z', is_deleted: false };
    const m1 = { ...since, merchant_id: 'm1', name: 'Shop', industry: 'Retail', size: 'Small', country: 'DE' };
    const m2 = { ...since, merchant_id: 'm2', name: 'Late', industry: 'Food', size: 'Large', country: null };
    const columns = ['merchant_key', 'merchant_id', 'name', 'country_key', 'is_inferred'];
    const before = await runModel(dimMerchant, { ...given, version: [m1] });
    const members = [
      ['-1', null, 'unknown', '-1', 'false'],
      ['-2', null, 'not applicable', '-2', 'false'],
    ];
    const sorted = (rows: (string | null)[][]) => rows.sort((a, b) => String(a).localeCompare(String(b)));
    const first = [keyOf('m1'), 'm1', 'Shop', keyOf('DE'), 'false'];
    expect(sorted(pick(before.rows, ...columns))).toEqual(
      sorted([...members, first, [keyOf('m2'), 'm2', 'unknown', '-1', 'true']]),
    );
    const after = await runModel(dimMerchant, { ...given, version: [m1, m2] });
    expect(sorted(pick(after.rows, ...columns))).toEqual(
      sorted([...members, first, [keyOf('m2'), 'm2', 'Late', '-1', 'false']]),
    );
  });

  it('hold a row for every key of a fact', async () => {
    const payments = [
      payment('1', 'c1', 'm1', { billing_country: 'DE', location_country: 'XX', device_type: 'mobile' }),
      payment('2', 'c2', 'm2', { billing_country: null, location_country: null }),
    ];
    const { rows: mentioned } = await runModel(mention, { payment: payments });
    const version = [
      { customer_id: 'c1', segment: 'Premium', country: 'FR', changed_at: '2026-11-05T10:00:00Z', is_deleted: false },
    ];
    const silver = {
      payment: payments,
      mention: mentioned,
      customer: version,
      merchant: [],
      country: [{ country_code: 'DE', name: 'Germany', region: 'Europe', currency: 'EUR' }],
    };
    const keys = async (dataset: typeof dimCustomer | typeof dimMerchant | typeof dimCountry, column: string) =>
      new Set(pick((await runModel(dataset as never, silver)).rows, column).flat());
    const customers = new Set(pick((await runModel(dimCustomer, { ...silver, version })).rows, 'customer_key').flat());
    const merchants = await keys(dimMerchant, 'merchant_key');
    const countries = await keys(dimCountry, 'country_key');
    const facts = await runModel(factPayment, { payment: payments });
    for (const fact of facts.rows) {
      expect(customers).toContain(fact.customer_key);
      expect(merchants).toContain(fact.merchant_key);
      expect(countries).toContain(fact.billing_country_key);
      expect(countries).toContain(fact.location_country_key);
    }
    expect(
      pick(
        facts.rows,
        'payment_id',
        'event_date_key',
        'created_date_key',
        'billing_country_key',
        'location_country_key',
        'device_type',
      ),
    ).toEqual([
      ['1', '20261101', '20261102', keyOf('DE'), keyOf('XX'), 'mobile'],
      ['2', '20261101', '20261102', '-1', '-1', 'unknown'],
    ]);
    const dim = await runModel(dimCountry, silver);
    const members = pick(dim.rows, 'country_code', 'name', 'is_inferred');
    const byName = (rows: (string | null)[][]) => rows.map(String).sort();
    expect(byName(members)).toEqual(
      byName([
        ['DE', 'Germany', 'false'],
        ['FR', 'unknown', 'true'],
        ['XX', 'unknown', 'true'],
        [null, 'not applicable', 'false'],
        [null, 'unknown', 'false'],
      ]),
    );
  });
});

describe('gold.dim_date', () => {
  it('holds each day of 2020 to 2035 once, and the two members', async () => {
    const { rows } = await runModel(dimDate, {});
    const days = Math.round((Date.UTC(2036, 0, 1) - Date.UTC(2020, 0, 1)) / 86_400_000);
    expect(rows).toHaveLength(days + 2);
    const byKey = new Map(rows.map((row) => [row.date_key, row]));
    for (let at = Date.UTC(2020, 0, 1); at < Date.UTC(2036, 0, 1); at += 86_400_000) {
      const date = new Date(at);
      const iso = date.toISOString().slice(0, 10);
      const row = byKey.get(iso.replaceAll('-', ''));
      expect(row?.full_date).toBe(iso);
      expect(row?.is_weekend).toBe(String([0, 6].includes(date.getUTCDay())));
      expect(row?.day_of_week).toBe(String(((date.getUTCDay() + 6) % 7) + 1));
    }
    expect(byKey.get('20270101')).toMatchObject({
      iso_year: '2026',
      iso_week: '53',
      week_start: '2026-12-28',
      quarter: '1',
      month_name: 'January',
      day_name: 'Friday',
      month_start: '2027-01-01',
    });
    expect(byKey.get('-1')).toMatchObject({ full_date: null, day_name: 'unknown' });
    expect(byKey.get('-2')).toMatchObject({ full_date: null, day_name: 'not applicable' });
  });
});
