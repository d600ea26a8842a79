import { cursor, json, key, source, text, timestamp } from '../../core/builders.ts';
import { app, appClock } from '../sources.ts';

/** Fields come in any type, so they are kept as JSON: silver decides what is valid. */
export const bronzeAppMerchant = source({
  name: 'bronze.app_merchant',
  description: 'Merchant documents of the web shop: how they are rated.',
  owner: 'web shop',
  source: app,
  relation: 'merchant',
  extraction: cursor('updated_at', appClock),
  sourceColumns: { id: '_id', last_updated: 'lastUpdated' },
  columns: {
    id: key(text()).describe('ObjectId, 24 hexadecimal digits'),
    merchant_id: json().nullable().describe('Merchant: uuid string'),
    name: json().nullable().describe('Trade name'),
    industry: json().nullable().describe('Retail, Travel, Food, Software, Gaming or Health'),
    rating: json().nullable().describe('{average, count}'),
    last_updated: json().nullable().describe('Date or ISO 8601 string'),
    updated_at: timestamp().describe('Last write, by the storage gateway'),
  },
});
