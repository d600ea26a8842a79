import {
  boolean,
  dataset,
  date,
  day,
  integer,
  key,
  pii,
  references,
  text,
  timestamp,
  unique,
} from '../../core/builders.ts';
import { review } from '../silver/review.ts';
import { dimCustomer } from './dim-customer.ts';
import { dimDate } from './dim-date.ts';
import { dimMerchant } from './dim-merchant.ts';

export const factReview = dataset({
  name: 'gold.fact_review',
  description: 'One row per payment and customer: the latest review, customer and merchant as they were then.',
  owner: 'analytics',
  inputs: {
    review,
    customer: dimCustomer.asOf({ on: { customer_id: 'customer_id' }, at: 'review_date', validFrom: 'valid_from' }),
    merchant: dimMerchant.asOf({ on: { merchant_id: 'merchant_id' }, at: 'review_date', validFrom: 'valid_from' }),
  },
  sql: 'facts/fact_review.sql',
  partitionBy: day('review_date'),
  columns: {
    payment_id: key(text()).describe('Payment (uuid) as the review names it; maybe of none that we know'),
    customer_id: key(pii.identifier()).describe('Customer (uuid)'),
    review_date: date().describe('UTC day on which it was written'),
    review_date_key: references(dimDate, 'date_key').describe('That day in dim_date'),
    customer_key: references(dimCustomer, 'customer_key').describe('The customer at that time in dim_customer'),
    merchant_id: text().nullable().describe('Merchant (uuid) as the review names it; null if it names none'),
    merchant_key: references(dimMerchant, 'merchant_key').describe('The merchant at that time in dim_merchant'),
    rating: integer().describe('1 (bad) to 5 (good): not additive, to be averaged'),
    has_message: boolean().describe('The customer wrote something'),
    reviewed_at: timestamp().describe('When it was written'),
  },
  checks: [unique('payment_id', 'customer_id')],
});
