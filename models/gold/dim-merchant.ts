import { bigint, boolean, dataset, key, text, timestamp, unique } from '../../core/builders.ts';
import { merchant } from '../silver/merchant.ts';
import { payment } from '../silver/payment.ts';

export const dimMerchant = dataset({
  name: 'gold.dim_merchant',
  description:
    'One row per merchant; those only mentioned by payments so far are inferred. Unknown is -1, not applicable -2.',
  owner: 'analytics',
  inputs: { merchant, payment: payment.all() },
  sql: 'dimensions/dim_merchant.sql',
  columns: {
    merchant_key: key(bigint()).describe('Surrogate key; -1 unknown, -2 not applicable'),
    merchant_id: text().nullable().describe('Merchant (uuid)'),
    name: text().describe('Trade name'),
    industry: text().describe('Retail, Travel, Food, Software, Gaming or Health'),
    size: text().describe('Small, Medium or Large'),
    country_key: bigint().describe('Country in dim_country'),
    signed_up_at: timestamp().nullable().describe('When the merchant signed up'),
    is_inferred: boolean().describe('Mentioned by a payment, but not in the source yet'),
  },
  checks: [unique('merchant_key')],
});
