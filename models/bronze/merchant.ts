import { cursor, key, source, text, timestamp } from '../../core/builders.ts';
import { oltp, oltpClock } from '../sources.ts';

export const bronzeMerchant = source({
  name: 'bronze.merchant',
  description: 'Merchants as copied into the OLTP database, sometimes days after their first payment.',
  owner: 'merchants',
  source: oltp,
  relation: 'public.merchant',
  extraction: cursor('updated_at', oltpClock),
  columns: {
    id: key(text()).describe('Merchant id (uuid)'),
    name: text().describe('Trade name, as typed'),
    industry: text().describe('Retail, Travel, Food, Software, Gaming or Health'),
    size: text().describe('Small, Medium or Large'),
    country: text().nullable().describe('ISO 3166 alpha-2'),
    city: text().nullable().describe('City in `country`'),
    created_at: timestamp().describe('When the merchant signed up'),
    updated_at: timestamp().describe('Last change'),
  },
});
