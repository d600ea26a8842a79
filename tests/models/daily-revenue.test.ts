import { describe, expect, it } from 'vitest';
import { dailyRevenueByMerchant } from '../../models/gold/daily-revenue-by-merchant.ts';
import { pick, runModel } from './run-model.ts';

const paid = (
  merchant_id: string,
  currency: string,
  amount: string,
  amount_eur: string | null,
  is_captured = true,
) => ({
  event_date: '2026-11-01',
  merchant_id,
  currency,
  amount,
  amount_eur,
  is_captured,
});
const back = (merchant_id: string | null, currency: string, amount: string, amount_eur: string | null) => ({
  refund_date: '2026-11-01',
  merchant_id,
  currency,
  amount,
  amount_eur,
});

describe('gold.daily_revenue_by_merchant', () => {
  it('gives one row per merchant and currency with a captured payment or a refund', async () => {
    const { rows } = await runModel(dailyRevenueByMerchant, {
      payment: [
        paid('m1', 'USD', '10.00', '9.01'),
        paid('m1', 'USD', '0.10', '0.09'),
        paid('m1', 'USD', '99.00', '90.00', false),
        paid('m1', 'KWD', '5.00', null),
        paid('m2', 'EUR', '1.00', '1.00', false),
      ],
      refund: [back('m1', 'USD', '20.00', '18.05'), back('m3', 'EUR', '7.00', '7.00'), back(null, 'KWD', '3.00', null)],
    });
    const columns = [
      'merchant_id',
      'currency',
      'payment_count',
      'gross',
      'gross_eur',
      'refund_count',
      'refunds',
      'refunds_eur',
      'net',
      'net_eur',
      'unconverted_count',
    ];
    expect(pick(rows, ...columns)).toEqual([
      ['m1', 'KWD', '1', '5.00', '0.00', '0', '0.00', '0.00', '5.00', '0.00', '1'],
      ['m1', 'USD', '2', '10.10', '9.10', '1', '20.00', '18.05', '-9.90', '-8.95', '0'],
      ['m3', 'EUR', '0', '0.00', '0.00', '1', '7.00', '7.00', '-7.00', '-7.00', '0'],
      ['unknown', 'KWD', '0', '0.00', '0.00', '1', '3.00', '0.00', '-3.00', '0.00', '1'],
    ]);
    expect(pick(rows, 'revenue_date_key', 'merchant_key').at(-1)).toEqual(['20261101', '-1']);
  });
});
