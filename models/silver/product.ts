import {
  boolean,
  dataset,
  decimal,
  integer,
  key,
  merge,
  rowCheck,
  text,
  timestamp,
  unique,
} from '../../core/builders.ts';
import { bronzeProduct } from '../bronze/product.ts';

export const product = dataset({
  name: 'silver.product',
  description: 'One row per product of the catalogue, as it stands now.',
  owner: 'merchants',
  inputs: { raw: bronzeProduct },
  sql: 'silver/product.sql',
  write: merge({ latestBy: 'updated_at' }),
  columns: {
    product_id: key(text()).describe('Product (uuid)'),
    merchant_id: text().describe('Merchant that sells it (uuid); its row may come days later'),
    name: text().describe('Name, as typed'),
    category_id: integer().describe('Category in silver.product_category'),
    price: decimal(18, 2).describe('List price now, in `currency`'),
    currency: text().describe('ISO 4217 code'),
    is_active: boolean().describe('Still sold'),
    created_at: timestamp().describe('When it came into the catalogue'),
    updated_at: timestamp().describe('Last change'),
  },
  checks: [rowCheck('price is positive', 'price > 0'), unique('product_id')],
});
