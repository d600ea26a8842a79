import { bigint, dataset, date, day, decimal, integer, key, pii, unique } from '../../core/builders.ts';
import { factPayment } from './fact-payment.ts';

export const factCustomerSegmentation = dataset({
  name: 'gold.fact_customer_segmentation',
  description: 'What customers bought: one row per UTC day, customer and place with a captured payment.',
  owner: 'analytics',
  inputs: { payment: factPayment },
  sql: 'facts/fact_customer_segmentation.sql',
  partitionBy: day('event_date'),
  columns: {
    event_date: key(date()).describe('UTC day of the payments'),
    event_date_key: integer().describe('The day in dim_date'),
    customer_id: pii.identifier().describe('Customer (uuid), the same whatever becomes of the customer'),
    customer_key: key(bigint()).describe('dim_customer'),
    location_key: key(bigint()).describe('City of the IP address in dim_location'),
    transaction_count: bigint().describe('Captured payments'),
    total_spent_eur: decimal(38, 2).describe('Their amounts in euros; without a rate they count as 0'),
  },
  checks: [unique('event_date', 'customer_key', 'location_key')],
});
