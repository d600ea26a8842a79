import { dataset, day, integer, key, merge, pii, rowCheck, text, timestamp, unique } from '../../core/builders.ts';
import { bronzeCustomerReview } from '../bronze/customer-review.ts';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const isUuid = (column: string) => `regexp_full_match(${column}, '${UUID}')`;

export const review = dataset({
  name: 'silver.review',
  description:
    'One row per payment and customer: the latest valid review. Documents that are not valid are quarantined.',
  owner: 'web shop',
  inputs: { raw: bronzeCustomerReview },
  sql: 'silver/review.sql',
  write: merge({ latestBy: 'precedence' }),
  partitionBy: day('reviewed_at'),
  columns: {
    payment_id: key(text()).describe('Payment (uuid, lower case)'),
    customer_id: key(pii.identifier()).describe('Customer (uuid, lower case)'),
    merchant_id: text().nullable().describe('Merchant as the document names it; maybe unknown'),
    rating: integer().describe('1 (bad) to 5 (good)'),
    message: pii.freeText().nullable().describe('What the customer wrote'),
    reviewed_at: timestamp().describe('When it was written'),
    document_id: text().describe('ObjectId of the document'),
    precedence: text().describe('Of several documents the greatest wins: time of writing, then document id'),
    updated_at: timestamp().describe('Last write of the document'),
  },
  checks: [
    rowCheck('payment id is a uuid', isUuid('payment_id')),
    rowCheck('customer id is a uuid', isUuid('customer_id')),
    rowCheck('rating is 1 to 5', 'rating BETWEEN 1 AND 5'),
    rowCheck('time of writing is valid', 'reviewed_at IS NOT NULL'),
    unique('payment_id', 'customer_id'),
  ],
});
