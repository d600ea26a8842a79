import { boolean, bucket, dataset, key, merge, text, timestamp, unique } from '../../core/builders.ts';
import { bronzeMerchant } from '../bronze/merchant.ts';

export const merchantVersion = dataset({
  name: 'silver.merchant_version',
  description: 'Every version of every merchant that was seen, deletions included.',
  owner: 'merchants',
  inputs: { raw: bronzeMerchant },
  sql: 'silver/merchant_version.sql',
  write: merge({ latestBy: 'changed_at', deletes: 'keep' }),
  partitionBy: bucket('merchant_id', 4),
  columns: {
    merchant_id: key(text()).describe('Merchant (uuid)'),
    changed_at: key(timestamp()).describe('When this version began to hold'),
    is_deleted: boolean().describe('The merchant is gone from here on; the other columns are as they were'),
    name: text().describe('Trade name, as typed'),
    industry: text().describe('Retail, Travel, Food, Software, Gaming or Health'),
    size: text().describe('Small, Medium or Large'),
    country: text().nullable().describe('ISO 3166 alpha-2'),
    city: text().nullable().describe('City in `country`'),
    created_at: timestamp().describe('When the merchant signed up'),
  },
  checks: [unique('merchant_id', 'changed_at')],
});
