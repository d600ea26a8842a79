import { bigint, dataset, date, day, decimal, key, pii, references, unique } from '../../core/builders.ts';
import { dimCustomer } from './dim-customer.ts';
import { dimDate } from './dim-date.ts';
import { dimLocation } from './dim-location.ts';
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
    event_date_key: references(dimDate, 'date_key').describe('The day in dim_date'),
    customer_id: pii.identifier().describe('Customer (uuid), the same whatever becomes of the customer'),
    customer_key: key(references(dimCustomer, 'customer_key')).describe('The customer at that time in dim_customer'),
    location_key: key(references(dimLocation, 'location_key')).describe('City of the IP address in dim_location'),
    transaction_count: bigint().describe('Captured payments'),
    total_spent_eur: decimal(38, 2).describe('Their amounts in euros; without a rate they count as 0'),
  },
  checks: [unique('event_date', 'customer_key', 'location_key')],
});
