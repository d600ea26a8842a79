import { bigint, boolean, dataset, integer, key, text } from '../../core/builders.ts';
import { product } from '../silver/product.ts';
import { productCategory } from '../silver/product-category.ts';
import { dimensionChecks } from './dimension.checks.ts';

export const dimProductCategory = dataset({
  name: 'gold.dim_product_category',
  description:
    'One row per category of products; those only products mention so far are inferred. Unknown is -1, not applicable -2.',
  owner: 'analytics',
  inputs: { category: productCategory, product },
  sql: 'dimensions/dim_product_category.sql',
  columns: {
    product_category_key: key(bigint()).describe('Surrogate key; -1 unknown, -2 not applicable'),
    category_id: integer().nullable().describe('Number of the category in the source'),
    category: text().describe('Name of the category'),
    is_inferred: boolean().describe('Mentioned by a product, but not in the source yet'),
  },
  checks: dimensionChecks('product_category_key'),
});
