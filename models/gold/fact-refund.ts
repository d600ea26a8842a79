import { bigint, dataset, date, day, decimal, integer, key, text, timestamp, unique } from '../../core/builders.ts';
import { refund } from '../silver/refund.ts';

export const factRefund = dataset({
  name: 'gold.fact_refund',
  description: 'One row per refund, on its own day, under the merchant and the place of its payment.',
  owner: 'analytics',
  inputs: { refund },
  sql: 'facts/fact_refund.sql',
  partitionBy: day('refund_date'),
  columns: {
    refund_id: key(text()).describe('Refund (uuid)'),
    refund_date: date().describe('UTC day of the refund'),
    refund_date_key: integer().describe('That day in dim_date'),
    payment_id: text().describe('Payment that is paid back (uuid), in fact_payment'),
    merchant_id: text().describe('Merchant (uuid); `unknown` while the payment is not there'),
    merchant_key: bigint().describe('dim_merchant'),
    location_key: bigint().describe('City of the IP address of the payment in dim_location'),
    currency: text().describe('ISO 4217 code'),
    currency_key: bigint().describe('dim_currency'),
    amount: decimal(18, 2).describe('In `currency`'),
    amount_eur: decimal(28, 2).nullable().describe('At the rate as of the refund date; null without a rate'),
    tax_amount: decimal(18, 2)
      .nullable()
      .describe('Tax that `amount` contains, in `currency`; null without a tax rate'),
    tax_amount_eur: decimal(28, 2).nullable().describe('The same in euros; null without one of the rates'),
    created_at: timestamp().describe('When it was refunded'),
  },
  checks: [unique('refund_id')],
});
