import { audit, bigint, dataset, date, day, decimal, key, references, text, unique } from '../../core/builders.ts';
import { dimCurrency } from './dim-currency.ts';
import { dimDate } from './dim-date.ts';
import { dimLocation } from './dim-location.ts';
import { dimMerchant } from './dim-merchant.ts';
import { factPayment } from './fact-payment.ts';
import { factRefund } from './fact-refund.ts';

export const factRevenue = dataset({
  name: 'gold.fact_revenue',
  description:
    'One row per UTC day, merchant, place and currency with a captured payment or a refund: gross on the day of the payment, refunds on the day of the refund.',
  owner: 'analytics',
  inputs: { payment: factPayment, refund: factRefund },
  sql: 'facts/fact_revenue.sql',
  partitionBy: day('revenue_date'),
  columns: {
    revenue_date: key(date()).describe('UTC day'),
    revenue_date_key: references(dimDate, 'date_key').describe('The day in dim_date'),
    merchant_key: key(references(dimMerchant, 'merchant_key')).describe('The merchant at that time in dim_merchant'),
    merchant_id: text().describe('Merchant (uuid); `unknown` for refunds whose payment is not there yet'),
    location_key: key(references(dimLocation, 'location_key')).describe(
      'City of the IP address of the payment in dim_location',
    ),
    currency: key(text()).describe('ISO 4217 code'),
    currency_key: references(dimCurrency, 'currency_key').describe('dim_currency'),
    payment_count: bigint().describe('Payments captured: succeeded, refunded or disputed now'),
    gross: decimal(38, 2).describe('Their amounts, in `currency`: add up within one currency only'),
    gross_eur: decimal(38, 2).describe('Their amounts in euros, each rounded before the sum'),
    refund_count: bigint().describe('Refunds of the day'),
    refunds: decimal(38, 2).describe('Their amounts, in `currency`: add up within one currency only'),
    refunds_eur: decimal(38, 2).describe('Their amounts in euros, each rounded before the sum'),
    net: decimal(38, 2).describe('Gross less refunds, in `currency`: adds up within one currency only'),
    net_eur: decimal(38, 2).describe('Gross less refunds, in euros'),
    tax: decimal(38, 2).describe('Tax contained in net, in `currency`: adds up within one currency only'),
    tax_eur: decimal(38, 2).describe('Tax contained in net, in euros'),
    fees_eur: decimal(38, 2).describe(
      'What we charged for the payments, in euros; without a fee schedule they count as 0',
    ),
    unconverted_count: bigint().describe('Payments and refunds without a rate: they count as 0 euros'),
    untaxed_count: bigint().describe('Payments and refunds without a tax rate: their tax counts as 0'),
  },
  checks: [
    unique('revenue_date', 'merchant_key', 'location_key', 'currency'),
    audit(
      'net is gross less refunds',
      'SELECT * FROM {{this}} WHERE net <> gross - refunds OR net_eur <> gross_eur - refunds_eur',
    ),
  ],
});
