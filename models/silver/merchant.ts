import { dataset, key, merge, text, timestamp, unique } from '../../core/builders.ts';
import { bronzeMerchant } from '../bronze/merchant.ts';

export const merchant = dataset({
  name: 'silver.merchant',
  description: 'One row per merchant, as it stands now.',
  owner: 'merchants',
  inputs: { raw: bronzeMerchant },
  sql: 'silver/merchant.sql',
  write: merge({ latestBy: 'updated_at' }),
  columns: {
    merchant_id: key(text()).describe('Merchant (uuid)'),
    name: text().describe('Trade name, as typed'),
    industry: text().describe('Retail, Travel, Food, Software, Gaming or Health'),
    size: text().describe('Small, Medium or Large'),
    country: text().nullable().describe('ISO 3166 alpha-2'),
    city: text().nullable().describe('City in `country`'),
    created_at: timestamp().describe('When the merchant signed up'),
    updated_at: timestamp().describe('Last change'),
  },
  checks: [unique('merchant_id')],
});
