import {
  boolean,
  dataset,
  date,
  day,
  decimal,
  key,
  merge,
  rowCheck,
  text,
  timestamp,
  unique,
} from '../../core/builders.ts';
import { bronzeDispute } from '../bronze/dispute.ts';
import { exchangeRate } from './exchange-rate.ts';

export const dispute = dataset({
  name: 'silver.dispute',
  description:
    'One row per dispute (chargeback), its latest state, the amount also in euros at the rate of its payment.',
  owner: 'payments',
  inputs: {
    raw: bronzeDispute,
    rate: exchangeRate.asOf({ on: { currency: 'currency' }, at: 'payment_date', validFrom: 'rate_date' }),
  },
  sql: 'silver/dispute.sql',
  write: merge({ latestBy: 'updated_at' }),
  // The day of the payment, so that a dispute that comes weeks later touches that day only.
  partitionBy: day('payment_date'),
  columns: {
    dispute_id: key(text()).describe('Dispute (uuid)'),
    payment_id: text().describe('Payment that is disputed (uuid)'),
    payment_event_time: timestamp().describe('Event time of that payment'),
    payment_date: date().describe('UTC day of `payment_event_time`'),
    amount: decimal(18, 2).describe('What is disputed, in `currency`'),
    currency: text().describe('Currency of the payment'),
    amount_eur: decimal(28, 2).nullable().describe('At the rate of the payment; null without a rate'),
    reason: text().describe('fraudulent, product_not_received, duplicate or other'),
    is_fraud: boolean().describe('The card holder says that it was somebody else: the delayed fraud label'),
    status: text().describe('open, won (by the merchant) or lost'),
    created_at: timestamp().describe('When the dispute reached us: the label is known from then on'),
    closed_at: timestamp().nullable().describe('When it was won or lost'),
    updated_at: timestamp().describe('Last change'),
  },
  checks: [
    rowCheck('reason is known', "reason IN ('fraudulent', 'product_not_received', 'duplicate', 'other')"),
    rowCheck('status is known', "status IN ('open', 'won', 'lost')"),
    rowCheck('amount is positive', 'amount > 0'),
    unique('dispute_id'),
  ],
});
