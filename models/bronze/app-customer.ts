import { cursor, json, key, pii, source, text, timestamp } from '../../core/builders.ts';
import { app, appClock } from '../sources.ts';

/** Fields come in any type, so they are kept as JSON: silver decides what is valid. */
export const bronzeAppCustomer = source({
  name: 'bronze.app_customer',
  description: 'Customer documents of the web shop: what they prefer.',
  owner: 'web shop',
  source: app,
  relation: 'customer',
  extraction: cursor('updated_at', appClock),
  sourceColumns: { id: '_id', user_name: 'userName', last_updated: 'lastUpdated' },
  columns: {
    id: key(text()).describe('ObjectId, 24 hexadecimal digits'),
    customer_id: pii.json('identifier').nullable().describe('Customer: uuid string'),
    user_name: pii.json('identifier').nullable().describe('Login name'),
    email: pii.json('email').nullable().describe('As typed'),
    preferences: json().nullable().describe('{device, paymentMethod, currency}'),
    last_updated: json().nullable().describe('When the customer changed them: date or ISO 8601 string'),
    updated_at: timestamp().describe('Last write, by the storage gateway'),
  },
});
