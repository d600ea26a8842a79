import {
  dataset,
  date,
  day,
  decimal,
  key,
  merge,
  pii,
  rowCheck,
  text,
  timestamp,
  unique,
} from '../../core/builders.ts';
import { bronzeRefund } from '../bronze/refund.ts';
import { exchangeRate } from './exchange-rate.ts';
import { payment } from './payment.ts';

export const refund = dataset({
  name: 'silver.refund',
  description:
    'One row per refund, under merchant and place of its payment, with the tax given back, both also in euros at the rate of its day.',
  owner: 'payments',
  inputs: {
    raw: bronzeRefund,
    rate: exchangeRate.asOf({ on: { currency: 'currency' }, at: 'refund_date', validFrom: 'rate_date' }),
    // A refund can be seen before its payment: a backfill that runs backwards does so.
    payment: payment.asOf({ on: { payment_id: 'payment_id' }, at: 'refund_date', validFrom: 'event_date' }),
  },
  sql: 'silver/refund.sql',
  write: merge({ latestBy: 'updated_at' }),
  partitionBy: day('refund_date'),
  columns: {
    refund_id: key(text()).describe('Refund (uuid)'),
    payment_id: text().describe('Payment that is paid back (uuid)'),
    payment_event_time: timestamp().describe('Event time of that payment'),
    merchant_id: text().nullable().describe('Merchant of the payment; null while the payment is unknown'),
    location_city: text().nullable().describe('City of the IP address of the payment'),
    location_country: text().nullable().describe('Country of the IP address of the payment, ISO 3166 alpha-2'),
    amount: decimal(18, 2).describe('In `currency`'),
    currency: text().describe('Currency of the payment'),
    amount_eur: decimal(28, 2).nullable().describe('At the rate as of the refund date; null without a rate'),
    tax_amount: decimal(18, 2)
      .nullable()
      .describe('Tax that `amount` contains, at the tax rate of the payment, in `currency`; null without one'),
    tax_amount_eur: decimal(28, 2).nullable().describe('The same in euros at the rate as of the refund date'),
    reason: pii.freeText().nullable().describe('Why, in words'),
    created_at: timestamp().describe('When it was refunded'),
    refund_date: date().describe('UTC day of `created_at`'),
    updated_at: timestamp().describe('Last change'),
  },
  checks: [rowCheck('amount is positive', 'amount > 0'), unique('refund_id')],
});
