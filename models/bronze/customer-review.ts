import { cursor, json, key, pii, source, text, timestamp } from '../../core/builders.ts';
import { app, appClock } from '../sources.ts';

/** Fields come in any type, so they are kept as JSON: silver decides what is valid. */
export const bronzeCustomerReview = source({
  name: 'bronze.customer_review',
  description: 'Review documents as the web shop stored them.',
  owner: 'web shop',
  source: app,
  relation: 'customer_review',
  extraction: cursor('updated_at', appClock),
  sourceColumns: { id: '_id' },
  columns: {
    id: key(text()).describe('ObjectId, 24 hexadecimal digits'),
    transaction_id: json().nullable().describe('Payment: uuid string'),
    customer_id: pii.json('identifier').nullable().describe('Customer: uuid string'),
    merchant_id: json().nullable().describe('Merchant: uuid string, maybe of one not known yet'),
    rating: json().nullable().describe('1 to 5, as any number type or string'),
    message: pii.json('free_text').nullable().describe('What the customer wrote; megabytes at times'),
    timestamp: json().nullable().describe('When it was written: date or ISO 8601 string'),
    updated_at: timestamp().describe('Last write, by the storage gateway'),
  },
});
