import { dataset, date, day, decimal, key, references, text, timestamp, unique } from '../../core/builders.ts';
import { refund } from '../silver/refund.ts';
import { dimCurrency } from './dim-currency.ts';
import { dimDate } from './dim-date.ts';
import { dimLocation } from './dim-location.ts';
import { dimMerchant } from './dim-merchant.ts';

export const factRefund = dataset({
  name: 'gold.fact_refund',
  description: 'One row per refund, on its own day, under the merchant (as it was then) and the place of its payment.',
  owner: 'analytics',
  inputs: {
    refund,
    merchant: dimMerchant.asOf({ on: { merchant_id: 'merchant_id' }, at: 'refund_date', validFrom: 'valid_from' }),
  },
  sql: 'facts/fact_refund.sql',
  partitionBy: day('refund_date'),
  columns: {
    refund_id: key(text()).describe('Refund (uuid)'),
    refund_date: date().describe('UTC day of the refund'),
    refund_date_key: references(dimDate, 'date_key').describe('That day in dim_date'),
    payment_id: text().describe('Payment that is paid back (uuid), in fact_payment'),
    merchant_id: text().describe('Merchant (uuid); `unknown` while the payment is not there'),
    merchant_key: references(dimMerchant, 'merchant_key').describe('The merchant at that time in dim_merchant'),
    location_key: references(dimLocation, 'location_key').describe(
      'City of the IP address of the payment in dim_location',
    ),
    currency: text().describe('ISO 4217 code'),
    currency_key: references(dimCurrency, 'currency_key').describe('dim_currency'),
    amount: decimal(18, 2).describe('In `currency`: adds up within one currency only'),
    amount_eur: decimal(28, 2).nullable().describe('At the rate as of the refund date; null without a rate'),
    tax_amount: decimal(18, 2)
      .nullable()
      .describe('Tax that `amount` contains, in `currency`: adds up within one currency only; null without a tax rate'),
    tax_amount_eur: decimal(28, 2).nullable().describe('The same in euros; null without one of the rates'),
    created_at: timestamp().describe('When it was refunded'),
  },
  checks: [unique('refund_id')],
});
