import { describe, expect, it } from 'vitest';
import { payment } from '../../models/silver/payment.ts';
import { refund } from '../../models/silver/refund.ts';
import { pick, runModel } from './run-model.ts';

const rates = [
  { currency: 'USD', rate_date: '2026-10-30', rate_to_eur: '0.90000000' },
  { currency: 'USD', rate_date: '2026-11-02', rate_to_eur: '0.92345678' },
  { currency: 'JPY', rate_date: '2026-11-02', rate_to_eur: '0.00625000' },
];
const at = (id: string, currency: string, amount: string, event_time: string) => ({
  id,
  currency,
  amount,
  event_time,
  status: 'succeeded',
});

describe('silver.payment', () => {
  it('converts at the latest rate up to the UTC day of the payment, and rounds half away from zero', async () => {
    const { rows } = await runModel(payment, {
      rate: rates,
      raw: [
        at('a sunday', 'USD', '10.00', '2026-11-01T23:59:59.999999Z'),
        at('b monday', 'USD', '10.00', '2026-11-02T00:00:00Z'),
        at('c other zone', 'USD', '10.00', '2026-11-02T00:30:00+02:00'),
        at('d before any', 'USD', '10.00', '2026-10-29T12:00:00Z'),
        at('e euro', 'EUR', '10.05', '2026-11-02T00:00:00Z'),
        at('f no rate', 'KWD', '10.00', '2026-11-02T00:00:00Z'),
        at('g half', 'JPY', '100.00', '2026-11-02T00:00:00Z'),
        at('h half', 'JPY', '300.80', '2026-11-02T00:00:00Z'),
        at('i largest', 'USD', '9999999999999999.99', '2026-11-01T00:00:00Z'),
      ],
    });
    expect(pick(rows, 'payment_id', 'event_date', 'amount_eur')).toEqual([
      ['a sunday', '2026-11-01', '9.00'],
      ['b monday', '2026-11-02', '9.23'],
      ['c other zone', '2026-11-01', '9.00'],
      ['d before any', '2026-10-29', null],
      ['e euro', '2026-11-02', '10.05'],
      ['f no rate', '2026-11-02', null],
      ['g half', '2026-11-02', '0.63'],
      ['h half', '2026-11-02', '1.88'],
      ['i largest', '2026-11-01', '8999999999999999.99'],
    ]);
  });

  it('finds the tax that the amount contains: standard rate of the day, where the customer is billed or else was', async () => {
    const paid = (id: string, amount: string, more: Record<string, string>) => ({
      ...at(id, 'EUR', amount, '2026-11-02T12:00:00Z'),
      billing_country: 'FR',
      ...more,
    });
    const tax = (country: string, kind: string, valid_from: string, rate: string) => ({
      country,
      kind,
      valid_from,
      rate,
    });
    const { rows } = await runModel(payment, {
      rate: rates,
      tax: [
        tax('FR', 'standard', '2020-01-01', '0.2500'),
        tax('FR', 'standard', '2026-11-02', '0.2000'),
        tax('FR', 'reduced', '2026-11-02', '0.0550'),
        tax('US', 'standard', '2020-01-01', '0.0000'),
        tax('CH', 'standard', '2026-11-02', '0.0810'),
      ],
      holiday: [{ country: 'FR', holiday_date: '2026-11-02', name: 'x' }],
      raw: [
        paid('a 20 of 120', '120.00', {}),
        // 0.005, 0.01 * 0.2 / 1.2 and the largest there is.
        paid('b half', '0.03', {}),
        paid('c little', '0.01', {}),
        paid('d largest', '9999999999999999.99', {}),
        paid('e day before', '125.00', { event_time: '2026-11-01T23:59:59Z' }),
        paid('f by address', '108.10', { billing_country: 'CH', location_country: 'FR' }),
        { ...at('g by ip', 'USD', '100.00', '2026-11-02T12:00:00Z'), location_country: 'FR' },
        paid('h no tax', '100.00', { billing_country: 'US' }),
        paid('i no rate', '100.00', { billing_country: 'JP' }),
        at('j nowhere', 'EUR', '100.00', '2026-11-02T12:00:00Z'),
      ],
    });
    expect(pick(rows, 'payment_id', 'tax_country', 'tax_amount', 'tax_amount_eur', 'is_holiday')).toEqual([
      ['a 20 of 120', 'FR', '20.00', '20.00', 'true'],
      ['b half', 'FR', '0.01', '0.01', 'true'],
      ['c little', 'FR', '0.00', '0.00', 'true'],
      ['d largest', 'FR', '1666666666666666.67', '1666666666666666.67', 'true'],
      ['e day before', 'FR', '25.00', '25.00', 'false'],
      ['f by address', 'CH', '8.10', '8.10', 'false'],
      ['g by ip', 'FR', '16.67', '15.39', 'true'],
      ['h no tax', 'US', '0.00', '0.00', 'false'],
      ['i no rate', 'JP', null, null, 'false'],
      ['j nowhere', null, null, null, 'false'],
    ]);
  });

  it('counts as captured what was taken, whatever came of it', async () => {
    const statuses = ['pending', 'succeeded', 'failed', 'refunded', 'disputed', 'lost'];
    const { rows, failed } = await runModel(payment, {
      raw: statuses.map((status) => ({ ...at(status, 'EUR', '1.00', '2026-11-01T00:00:00Z'), status })),
    });
    expect(pick(rows, 'status', 'is_captured')).toEqual([
      ['disputed', 'true'],
      ['failed', 'false'],
      ['lost', 'false'],
      ['pending', 'false'],
      ['refunded', 'true'],
      ['succeeded', 'true'],
    ]);
    expect(failed).toEqual({ 'status is known': ['lost'] });
  });
});

describe('silver.refund', () => {
  it('takes the rate of its own day; merchant, place and tax rate of its payment', async () => {
    const row = (id: string, transaction_id: string, created_at: string) => ({
      id,
      transaction_id,
      created_at,
      amount: '10.00',
      currency: 'USD',
    });
    const { rows } = await runModel(refund, {
      rate: rates,
      payment: [
        { payment_id: 'p1', merchant_id: 'm1', tax_rate: '0.1000', location_city: 'Lyon', location_country: 'FR' },
      ],
      raw: [
        row('r1', 'p1', '2026-11-01T08:00:00Z'),
        row('r2', 'p1', '2026-11-02T08:00:00Z'),
        row('r3', 'p2', '2026-10-01T08:00:00Z'),
      ],
    });
    const columns = [
      'refund_id',
      'merchant_id',
      'location_city',
      'refund_date',
      'amount_eur',
      'tax_amount',
      'tax_amount_eur',
    ];
    expect(pick(rows, ...columns)).toEqual([
      ['r1', 'm1', 'Lyon', '2026-11-01', '9.00', '0.91', '0.82'],
      ['r2', 'm1', 'Lyon', '2026-11-02', '9.23', '0.91', '0.84'],
      ['r3', null, null, '2026-10-01', null, null, null],
    ]);
  });
});
