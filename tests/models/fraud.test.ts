import { describe, expect, it } from 'vitest';
import { factFraudAnalysis } from '../../models/gold/fact-fraud-analysis.ts';
import { factPayment } from '../../models/gold/fact-payment.ts';
import { monthlyFraudStatistics } from '../../models/gold/monthly-fraud-statistics.ts';
import { type GivenRow, pick, runModel } from './run-model.ts';

describe('gold.fact_payment', () => {
  it('is fraud by any dispute that says so, known since the first of them', async () => {
    const dispute = (payment_id: string, is_fraud: boolean, created_at: string) => ({
      payment_id,
      is_fraud,
      created_at,
    });
    const { rows } = await runModel(factPayment, {
      payment: ['a', 'b', 'c'].map((payment_id) => ({ payment_id, event_date: '2026-11-01' })),
      dispute: [
        dispute('a', false, '2026-11-02T00:00:00Z'),
        dispute('a', true, '2026-11-05T00:00:00Z'),
        dispute('a', true, '2026-11-04T00:00:00Z'),
        dispute('b', false, '2026-11-03T00:00:00Z'),
        dispute('of nothing', true, '2026-11-03T00:00:00Z'),
      ],
    });
    expect(pick(rows, 'payment_id', 'is_disputed', 'is_fraud', 'fraud_known_at')).toEqual([
      ['a', 'true', 'true', '2026-11-04 00:00:00+00'],
      ['b', 'true', 'false', null],
      ['c', 'false', 'false', null],
    ]);
  });
});

const paid = (more: GivenRow) => ({
  ...{ event_date: '2026-11-01', event_date_key: 20261101, payment_method: 'Credit Card', payment_method_key: 9 },
  ...{
    customer_id: 'c1',
    customer_key: 1,
    merchant_id: 'm1',
    merchant_key: 1,
    location_key: 7,
    location_country_key: 8,
  },
  ...{ amount_eur: '10.00', is_captured: true, is_disputed: false, is_fraud: false, ...more },
});
const FRAUD = { is_disputed: true, is_fraud: true } as const;

describe('gold.fact_fraud_analysis', () => {
  it('counts captured payments, and of them the fraud', async () => {
    const { rows } = await runModel(factFraudAnalysis, {
      payment: [
        paid({}),
        paid({ amount_eur: '0.01', ...FRAUD }),
        paid({ amount_eur: null, ...FRAUD }),
        paid({ is_disputed: true }),
        paid({ is_captured: false }),
        paid({ payment_method: 'Debit Card', is_captured: false }),
        paid({ merchant_key: 2, ...FRAUD }),
      ],
    });
    const columns = ['merchant_key', 'payment_count', 'amount_eur', 'fraud_count', 'fraud_amount_eur'];
    expect(pick(rows, ...columns)).toEqual([
      ['1', '4', '20.01', '2', '0.01'],
      ['2', '1', '10.00', '1', '10.00'],
    ]);
  });
});

describe('gold.monthly_fraud_statistics', () => {
  it('gives the share in millionths, rounded half up, and counts whom it hit once', async () => {
    const many = (count: number, more: GivenRow) => Array.from({ length: count }, () => paid(more));
    const { rows } = await runModel(monthlyFraudStatistics, {
      payment: [
        ...many(2, FRAUD),
        ...many(1, { customer_id: 'c2', event_date: '2026-11-30', is_disputed: true, is_fraud: true }),
        ...many(4, { is_disputed: true }),
        ...many(5, { is_captured: false }),
        // 1/640 is 0.0015625.
        ...many(639, { event_date: '2026-12-01' }),
        ...many(1, { event_date: '2026-12-31', ...FRAUD }),
      ],
    });
    const counts = ['payment_count', 'disputed_count', 'fraud_count', 'defrauded_customer_count'];
    expect(pick(rows, 'month_start', ...counts, 'defrauded_merchant_count', 'fraud_share')).toEqual([
      ['2026-11-01', '7', '7', '3', '2', '1', '0.428571'],
      ['2026-12-01', '640', '1', '1', '1', '1', '0.001563'],
    ]);
  });
});
