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
    'One row per refund, under the merchant of its payment, the amount also in euros at the rate of its day.',
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
    amount: decimal(18, 2).describe('In `currency`'),
    currency: text().describe('Currency of the payment'),
    amount_eur: decimal(28, 2).nullable().describe('At the rate as of the refund date; null without a rate'),
    reason: pii.freeText().nullable().describe('Why, in words'),
    created_at: timestamp().describe('When it was refunded'),
    refund_date: date().describe('UTC day of `created_at`'),
    updated_at: timestamp().describe('Last change'),
  },
  checks: [rowCheck('amount is positive', 'amount > 0'), unique('refund_id')],
});
