import { dataset, integer, key, merge, text, timestamp, unique } from '../../core/builders.ts';
import { bronzeProductCategory } from '../bronze/product-category.ts';

export const productCategory = dataset({
  name: 'silver.product_category',
  description: 'One row per product category, as it stands now.',
  owner: 'merchants',
  inputs: { raw: bronzeProductCategory },
  sql: 'silver/product_category.sql',
  write: merge({ latestBy: 'updated_at' }),
  columns: {
    category_id: key(integer()).describe('Number of the category'),
    name: text().describe('Name, once each'),
    updated_at: timestamp().describe('Last change in the source'),
  },
  checks: [unique('category_id'), unique('name')],
});
