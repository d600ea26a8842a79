import { audit, bucket, dataset, references, text, timestamp, type2, unique } from '../../core/builders.ts';
import { merchantVersion } from '../silver/merchant-version.ts';
import { payment } from '../silver/payment.ts';
import { product } from '../silver/product.ts';
import { review } from '../silver/review.ts';
import { subscription } from '../silver/subscription.ts';
import { dimCountry } from './dim-country.ts';
import { dimIndustry } from './dim-industry.ts';
import { dimLocation } from './dim-location.ts';

export const dimMerchant = dataset({
  name: 'gold.dim_merchant',
  description:
    'One row per merchant and span of time in which industry, size and place stayed the same. Merchants only mentioned so far are inferred. Unknown is -1, not applicable -2.',
  owner: 'analytics',
  inputs: {
    version: merchantVersion,
    payment: payment.all(),
    product: product.all(),
    review: review.all(),
    subscription: subscription.all(),
  },
  sql: 'dimensions/dim_merchant.sql',
  partitionBy: bucket('merchant_id', 4),
  history: type2({
    key: 'merchant_id',
    at: 'changed_at',
    deleted: 'is_deleted',
    track: ['industry_key', 'size', 'country_key', 'location_key'],
    surrogate: 'merchant_key',
    members: { payment: 'merchant_id', product: 'merchant_id', review: 'merchant_id', subscription: 'merchant_id' },
  }),
  columns: {
    merchant_id: text().nullable().describe('Merchant (uuid): the same in all rows of one merchant'),
    name: text().describe('Trade name; the newest in every row'),
    industry_key: references(dimIndustry, 'industry_key').describe('Industry in dim_industry'),
    size: text().describe('Small, Medium or Large'),
    country_key: references(dimCountry, 'country_key').describe('Country in dim_country'),
    location_key: references(dimLocation, 'location_key').describe('City in dim_location'),
    signed_up_at: timestamp().nullable().describe('When the merchant signed up; the newest value in every row'),
  },
  checks: [
    unique('merchant_key'),
    audit(
      'spans of one merchant begin at different times and are not empty',
      `SELECT merchant_id, valid_from FROM {{this}} WHERE merchant_id IS NOT NULL
       GROUP BY merchant_id, valid_from HAVING count(*) > 1 OR bool_or(valid_to <= valid_from)`,
    ),
  ],
});
