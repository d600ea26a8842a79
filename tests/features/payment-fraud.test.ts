import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paymentFraud } from '../../models/features/payment-fraud.ts';
import { fullRun } from '../full-run.ts';
import { type GivenRow, runModel } from '../models/run-model.ts';
import {
  DAY,
  FIRST_DAY,
  featuresOf,
  HOUR,
  type Label,
  type MerchantVersion,
  type Payment,
  type World,
} from './fraud-features.oracle.ts';

const START = Date.parse(FIRST_DAY);
const moment = (minutes: number) => new Date(START + minutes * 60_000).toISOString();
const date = (minutes: number) => moment(minutes).slice(0, 10);
const dayOf = (minutes: number) => Math.floor(minutes / DAY);
const HISTORY_DAYS = 30;

const eventRow = (p: Payment): GivenRow => ({
  payment_id: p.id,
  event_time: moment(p.event),
  event_date: date(p.event),
  seen_at: moment(p.seen),
  customer_id: p.customer,
  merchant_id: p.merchant,
  card_token: p.card,
  ip_address: p.ip,
  amount_eur: p.cents === null ? null : (p.cents / 100).toFixed(2),
  currency: p.currency,
  payment_method: 'Credit Card',
  device_type: p.device,
  location_country: p.country,
  billing_country: p.billing,
  card_country: p.cardCountry,
});

const labelRow = (l: Label, i: number): GivenRow => ({
  dispute_id: `d${i}`,
  payment_id: l.payment,
  is_fraud: l.fraud,
  known_at: moment(l.known),
  known_date: date(l.known),
});

const merchantRow = ({ merchant, changed, size }: MerchantVersion): GivenRow => ({
  merchant_id: merchant,
  changed_at: moment(changed),
  is_deleted: false,
  size,
});

/** What a build of these days reads: the days, their window of payments, their window of labels. */
async function build(days: readonly number[], { payments, labels, merchants }: World) {
  const inWindow = (minutes: number) => days.some((d) => dayOf(minutes) <= d && dayOf(minutes) >= d - HISTORY_DAYS);
  const { rows } = await runModel(paymentFraud, {
    payment: payments.filter((p) => days.includes(dayOf(p.event))).map(eventRow),
    past: payments.filter((p) => inWindow(p.event)).map(eventRow),
    label: labels.filter((l) => inWindow(l.known)).map(labelRow),
    merchant: merchants.map(merchantRow),
  });
  return rows.filter((row) => days.some((d) => date(d * DAY) === row.event_date));
}

/** Often exactly on the edges of windows. */
const gap = fc.oneof(
  fc.constantFrom(0, 1, HOUR - 1, HOUR, HOUR + 1, DAY - 1, DAY, DAY + 1, 7 * DAY, 7 * DAY + 1, 30 * DAY, 30 * DAY + 1),
  fc.integer({ min: 0, max: 40 * DAY }),
);
const pool = (prefix: string, size: number) => fc.integer({ min: 1, max: size }).map((n) => `${prefix}${n}`);
const LAST = 70 * DAY;
const ago = fc.oneof({ weight: 1, arbitrary: gap }, { weight: 2, arbitrary: fc.integer({ min: 0, max: 33 * DAY }) });
const payment = fc.record({
  event: ago.map((minutes) => LAST - minutes),
  delay: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(0, 1) }, { weight: 1, arbitrary: gap }),
  customer: pool('c', 3),
  merchant: pool('m', 2),
  card: fc.option(pool('card', 3)),
  ip: fc.option(pool('ip', 2)),
  device: fc.option(fc.constantFrom('mobile', 'desktop')),
  country: fc.option(fc.constantFrom('FR', 'DE')),
  billing: fc.option(fc.constantFrom('FR', 'DE')),
  cardCountry: fc.option(fc.constantFrom('FR', 'DE')),
  currency: fc.constantFrom('EUR', 'USD'),
  cents: fc.option(fc.integer({ min: 1, max: 100_000 }), { freq: 10 }),
});
const label = fc.record({ payment: fc.nat(), delay: gap, fraud: fc.constantFrom(true, true, false) });

const version = fc.record({
  merchant: pool('m', 2),
  changed: ago.map((minutes) => LAST - minutes),
  size: fc.constantFrom('Small', 'Medium', 'Large'),
});

const worlds = fc
  .record({
    payments: fc.array(payment, { minLength: 20, maxLength: 70 }),
    labels: fc.array(label, { minLength: 10, maxLength: 40 }),
    merchants: fc.uniqueArray(version, { maxLength: 8, selector: (v) => `${v.merchant} ${v.changed}` }),
    days: fc.uniqueArray(fc.constantFrom<number>(70, 69, 62, 55), { minLength: 1, maxLength: 3 }),
  })
  .map(({ payments, labels, merchants, days }) => {
    const made = payments.map(({ delay, ...p }, i): Payment => ({ ...p, id: `p${i}`, seen: p.event + delay }));
    const told = labels.map((l): Label => {
      const about = made[l.payment % made.length]!;
      return { payment: about.id, known: about.event + l.delay, fraud: l.fraud };
    });
    return { payments: made, labels: told, merchants, days };
  });

const RUNS = fullRun ? 150 : 8;
const TIMEOUT = { timeout: fullRun ? 600_000 : 60_000 };

describe('feature.payment_fraud', () => {
  it('is what a look at everything that was known gives', TIMEOUT, async () => {
    const property = fc.asyncProperty(worlds, async ({ days, ...world }) => {
      const rows = await build(days, world);
      const built = world.payments.filter((p) => days.includes(dayOf(p.event)));
      expect(rows.length).toBe(built.length);
      for (const p of built) {
        const row = rows.find((r) => r.payment_id === p.id)!;
        for (const [feature, expected] of Object.entries(featuresOf(p, world))) {
          const actual = row[feature] ?? null;
          const as =
            typeof expected === 'number' ? Number(actual ?? Number.NaN) : (actual && actual === 'true') || actual;
          const wanted =
            typeof expected === 'number' ? expect.closeTo(expected, 9) : expected === false ? 'false' : expected;
          expect(as, `${p.id} ${feature}`).toEqual(wanted);
        }
      }
    });
    await fc.assert(property, { numRuns: RUNS });
  });

  it('is the same without all that came after', TIMEOUT, async () => {
    const property = fc.asyncProperty(worlds, fc.nat(), async ({ days, ...world }, which) => {
      const { payments, labels, merchants } = world;
      const built = payments.filter((p) => days.includes(dayOf(p.event)));
      if (built.length === 0) return;
      const one = built[which % built.length]!;
      const before = payments.filter((p) => p === one || (p.event < one.event && p.seen < one.event));
      const then = {
        payments: before,
        labels: labels.filter((l) => l.known < one.event),
        merchants: merchants.filter((m) => m.changed <= one.event),
      };
      const [whole] = (await build(days, world)).filter((row) => row.payment_id === one.id);
      const [alone] = (await build([dayOf(one.event)], then)).filter((row) => row.payment_id === one.id);
      expect(alone).toEqual(whole);
    });
    await fc.assert(property, { numRuns: RUNS });
  });

  it('counts a fraud from the moment it is known, and a payment from the moment it is seen', async () => {
    const sale = (id: string, event: number, seen = event): Payment => ({
      ...{ id, event, seen, customer: id, merchant: 'm', card: null, ip: null, device: null },
      ...{ country: null, billing: null, cardCountry: null, currency: 'EUR', cents: 100 },
    });
    const now = 60 * DAY;
    const payments = [
      sale('fraud, known before', now - 10 * DAY),
      sale('fraud, known now', now - 10 * DAY),
      sale('fraud, too young', now - 7 * DAY),
      sale('seen late', now - DAY, now),
      sale('this one', now),
    ];
    const labels = [
      { payment: 'fraud, known before', known: now - 1, fraud: true },
      { payment: 'fraud, known now', known: now, fraud: true },
      { payment: 'fraud, too young', known: now - 1, fraud: true },
    ];
    const [row] = await build([60], { payments, labels, merchants: [] });
    expect(row).toMatchObject({
      merchant_count_30d: '3',
      merchant_aged_count: '2',
      merchant_fraud_count: '1',
      merchant_risk: '0.5',
    });
  });
});
