import { audit, bucket, dataset, pii, references, text, timestamp, type2, unique } from '../../core/builders.ts';
import { customerVersion } from '../silver/customer-version.ts';
import { payment } from '../silver/payment.ts';
import { review } from '../silver/review.ts';
import { subscription } from '../silver/subscription.ts';
import { dimCountry } from './dim-country.ts';
import { dimLocation } from './dim-location.ts';

export const dimCustomer = dataset({
  name: 'gold.dim_customer',
  description:
    'One row per customer and span of time in which segment and home stayed the same, without name and address. Customers only mentioned so far are inferred. Unknown is -1, not applicable -2.',
  owner: 'analytics',
  inputs: { version: customerVersion, payment: payment.all(), review: review.all(), subscription: subscription.all() },
  sql: 'dimensions/dim_customer.sql',
  partitionBy: bucket('customer_id', 8),
  history: type2({
    key: 'customer_id',
    at: 'changed_at',
    deleted: 'is_deleted',
    track: ['segment', 'country_key', 'location_key'],
    surrogate: 'customer_key',
    members: { payment: 'customer_id', review: 'customer_id', subscription: 'customer_id' },
  }),
  columns: {
    customer_id: pii.identifier().nullable().describe('Customer (uuid): the same in all rows of one customer'),
    segment: text().describe('Standard, Premium or Business'),
    country_key: references(dimCountry, 'country_key').describe('Home country in dim_country'),
    location_key: references(dimLocation, 'location_key').describe('Home city in dim_location'),
    registered_at: timestamp().nullable().describe('When the customer registered; the newest value in every row'),
  },
  checks: [
    unique('customer_key'),
    audit(
      'spans of one customer begin at different times and are not empty',
      `SELECT customer_id, valid_from FROM {{this}} WHERE customer_id IS NOT NULL
       GROUP BY customer_id, valid_from HAVING count(*) > 1 OR bool_or(valid_to <= valid_from)`,
    ),
  ],
});
