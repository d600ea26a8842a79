import { bigint, boolean, dataset, decimal, key, references, text, timestamp } from '../../core/builders.ts';
import { orderLine } from '../silver/order-line.ts';
import { product } from '../silver/product.ts';
import { subscription } from '../silver/subscription.ts';
import { dimProductCategory } from './dim-product-category.ts';
import { dimensionChecks } from './dimension.checks.ts';

export const dimProduct = dataset({
  name: 'gold.dim_product',
  description:
    'One row per product, as it stands now; those only order lines and subscriptions mention so far are inferred. Unknown is -1, not applicable -2.',
  owner: 'analytics',
  inputs: { product, order_line: orderLine.all(), subscription },
  sql: 'dimensions/dim_product.sql',
  columns: {
    product_key: key(bigint()).describe('Surrogate key; -1 unknown, -2 not applicable'),
    product_id: text().nullable().describe('Product (uuid)'),
    product_name: text().describe('Name, as typed'),
    product_category_key: references(dimProductCategory, 'product_category_key').describe('Its category'),
    merchant_id: text().nullable().describe('Merchant that sells it (uuid)'),
    list_price: decimal(18, 2).nullable().describe('List price now, in `list_currency`: a price is never added up'),
    list_currency: text().nullable().describe('ISO 4217 code'),
    is_active: boolean().nullable().describe('Still sold'),
    added_at: timestamp().nullable().describe('When it came into the catalogue'),
    is_inferred: boolean().describe('Mentioned, but not in the source yet'),
  },
  checks: dimensionChecks('product_key'),
});
