import { describe, expect, it } from 'vitest';
import { dailyRevenueByMerchant } from '../../models/gold/daily-revenue-by-merchant.ts';
import { factRevenue } from '../../models/gold/fact-revenue.ts';
import { type GivenRow, pick, runModel } from './run-model.ts';

const paid = (merchant: number, currency: string, amount: string, more: GivenRow = {}) => ({
  event_date: '2026-11-01',
  merchant_id: `m${merchant}`,
  merchant_key: merchant,
  location_key: 7,
  currency,
  amount,
  is_captured: true,
  ...more,
});
const back = (merchant: number, currency: string, amount: string, more: GivenRow = {}) => ({
  refund_date: '2026-11-01',
  merchant_id: merchant === -1 ? 'unknown' : `m${merchant}`,
  merchant_key: merchant,
  location_key: 7,
  currency,
  amount,
  ...more,
});

describe('gold.fact_revenue', () => {
  it('gives one row per merchant, place and currency with a captured payment or a refund', async () => {
    const { rows } = await runModel(factRevenue, {
      payment: [
        paid(1, 'USD', '10.00', { amount_eur: '9.01', tax_amount: '1.67', tax_amount_eur: '1.50' }),
        paid(1, 'USD', '0.10', { amount_eur: '0.09', tax_amount: '0.02', tax_amount_eur: '0.02' }),
        paid(1, 'USD', '99.00', {
          amount_eur: '90.00',
          tax_amount: '9.00',
          tax_amount_eur: '8.00',
          is_captured: false,
        }),
        paid(1, 'USD', '4.00', { amount_eur: '3.60', location_key: -1 }),
        paid(1, 'KWD', '5.00'),
        paid(2, 'EUR', '1.00', { amount_eur: '1.00', is_captured: false }),
      ],
      refund: [
        back(1, 'USD', '20.00', { amount_eur: '18.05', tax_amount: '3.33', tax_amount_eur: '3.00' }),
        back(3, 'EUR', '7.00', { amount_eur: '7.00', tax_amount: '0.00', tax_amount_eur: '0.00' }),
        back(-1, 'KWD', '3.00'),
      ],
    });
    const grain = ['merchant_key', 'location_key', 'currency'];
    const sums = ['gross', 'gross_eur', 'refunds', 'refunds_eur', 'net', 'net_eur', 'tax', 'tax_eur'];
    const counts = ['payment_count', 'refund_count', 'unconverted_count', 'untaxed_count'];
    expect(pick(rows, ...grain, ...sums, ...counts).sort()).toEqual([
      ['-1', '7', 'KWD', '0.00', '0.00', '3.00', '0.00', '-3.00', '0.00', '0.00', '0.00', '0', '1', '1', '1'],
      ['1', '-1', 'USD', '4.00', '3.60', '0.00', '0.00', '4.00', '3.60', '0.00', '0.00', '1', '0', '0', '1'],
      ['1', '7', 'KWD', '5.00', '0.00', '0.00', '0.00', '5.00', '0.00', '0.00', '0.00', '1', '0', '1', '1'],
      ['1', '7', 'USD', '10.10', '9.10', '20.00', '18.05', '-9.90', '-8.95', '-1.64', '-1.48', '2', '1', '0', '0'],
      ['3', '7', 'EUR', '0.00', '0.00', '7.00', '7.00', '-7.00', '-7.00', '0.00', '0.00', '0', '1', '0', '0'],
    ]);
    expect(pick(rows, 'revenue_date', 'revenue_date_key')[0]).toEqual(['2026-11-01', '20261101']);
  });
});

describe('gold.daily_revenue_by_merchant', () => {
  it('adds up the places', async () => {
    const row = (location: number, more: GivenRow) => ({
      ...{
        revenue_date: '2026-11-01',
        revenue_date_key: 20261101,
        merchant_key: 1,
        merchant_id: 'm1',
        currency: 'USD',
      },
      ...{ location_key: location, payment_count: 2, refund_count: 1, unconverted_count: 0, untaxed_count: 1 },
      ...{ gross: '10.10', gross_eur: '9.10', refunds: '20.00', refunds_eur: '18.05', net: '-9.90', net_eur: '-8.95' },
      ...{ tax: '-1.64', tax_eur: '-1.48', ...more },
    });
    const { rows } = await runModel(dailyRevenueByMerchant, {
      revenue: [row(7, {}), row(-1, { gross: '0.01', net: '-19.99' }), row(7, { merchant_key: 2, merchant_id: 'm2' })],
    });
    expect(pick(rows, 'merchant_id', 'payment_count', 'gross', 'net', 'tax_eur', 'untaxed_count')).toEqual([
      ['m1', '4', '10.11', '-29.89', '-2.96', '2'],
      ['m2', '2', '10.10', '-9.90', '-1.48', '1'],
    ]);
  });
});
