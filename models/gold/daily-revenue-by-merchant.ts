import { audit, bigint, dataset, date, day, decimal, integer, key, text, unique } from '../../core/builders.ts';
import { payment } from '../silver/payment.ts';
import { refund } from '../silver/refund.ts';

export const dailyRevenueByMerchant = dataset({
  name: 'gold.daily_revenue_by_merchant',
  description:
    'One row per UTC day, merchant and currency with a captured payment or a refund: gross on the day of the payment, refunds on the day of the refund.',
  owner: 'analytics',
  inputs: { payment, refund },
  sql: 'marts/daily_revenue_by_merchant.sql',
  partitionBy: day('revenue_date'),
  columns: {
    revenue_date: key(date()).describe('UTC day'),
    revenue_date_key: integer().describe('The day in dim_date'),
    merchant_id: key(text()).describe('Merchant (uuid); `unknown` for refunds whose payment is not there yet'),
    merchant_key: bigint().describe('dim_merchant'),
    currency: key(text()).describe('ISO 4217 code'),
    payment_count: bigint().describe('Payments captured: succeeded, refunded or disputed now'),
    gross: decimal(38, 2).describe('Their amounts, in `currency`'),
    gross_eur: decimal(38, 2).describe('Their amounts in euros, each rounded before the sum'),
    refund_count: bigint().describe('Refunds of the day'),
    refunds: decimal(38, 2).describe('Their amounts, in `currency`'),
    refunds_eur: decimal(38, 2).describe('Their amounts in euros, each rounded before the sum'),
    net: decimal(38, 2).describe('Gross less refunds'),
    net_eur: decimal(38, 2).describe('Gross less refunds, in euros'),
    unconverted_count: bigint().describe('Payments and refunds without a rate: they count as 0 euros'),
  },
  checks: [
    unique('revenue_date', 'merchant_id', 'currency'),
    audit(
      'net is gross less refunds',
      'SELECT * FROM {{this}} WHERE net <> gross - refunds OR net_eur <> gross_eur - refunds_eur',
    ),
  ],
});
