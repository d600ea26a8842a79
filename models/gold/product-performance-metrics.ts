import { audit, bigint, dataset, date, decimal, key, month, references, text, unique } from '../../core/builders.ts';
import { orderLine } from '../silver/order-line.ts';
import { payment } from '../silver/payment.ts';
import { dimDate } from './dim-date.ts';
import { dimProduct } from './dim-product.ts';

export const productPerformanceMetrics = dataset({
  name: 'gold.product_performance_metrics',
  description: 'How products sell: one row per month and product on a line of a captured payment.',
  owner: 'analytics',
  inputs: { line: orderLine, payment },
  sql: 'marts/product_performance_metrics.sql',
  partitionBy: month('month_start', { toDate: true }),
  columns: {
    month_start: key(date()).describe('First day of the month of the payments'),
    month_start_date_key: references(dimDate, 'date_key').describe('That day in dim_date'),
    product_id: key(text()).describe('Product (uuid)'),
    product_key: references(dimProduct, 'product_key').describe('dim_product'),
    order_count: bigint().describe('Captured payments with the product: not additive over products'),
    quantity: bigint().describe('Pieces'),
    gross_eur: decimal(38, 2).describe('Amounts of the lines in euros, each rounded before the sum'),
    customer_count: bigint().describe('Customers who bought it: not additive over rows'),
    refunded_order_count: bigint().describe('Of the orders those paid back in full by now: not additive over products'),
    disputed_order_count: bigint().describe('Of the orders those in dispute now: not additive over products'),
    unconverted_count: bigint().describe('Lines without a rate: they count as 0 euros'),
  },
  checks: [
    unique('month_start', 'product_id'),
    audit(
      'refunded and disputed are parts',
      'SELECT * FROM {{this}} WHERE refunded_order_count + disputed_order_count > order_count',
    ),
  ],
});
