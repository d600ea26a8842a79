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
  it('takes the rate of its own day and the merchant of its payment', async () => {
    const row = (id: string, transaction_id: string, created_at: string) => ({
      id,
      transaction_id,
      created_at,
      amount: '10.00',
      currency: 'USD',
    });
    const { rows } = await runModel(refund, {
      rate: rates,
      payment: [{ payment_id: 'p1', merchant_id: 'm1', event_time: '2026-10-30T00:00:00Z' }],
      raw: [
        row('r1', 'p1', '2026-11-01T08:00:00Z'),
        row('r2', 'p1', '2026-11-02T08:00:00Z'),
        row('r3', 'p2', '2026-10-01T08:00:00Z'),
      ],
    });
    expect(pick(rows, 'refund_id', 'merchant_id', 'refund_date', 'amount_eur')).toEqual([
      ['r1', 'm1', '2026-11-01', '9.00'],
      ['r2', 'm1', '2026-11-02', '9.23'],
      ['r3', null, '2026-10-01', null],
    ]);
  });
});
