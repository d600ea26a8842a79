import { bigint, boolean, dataset, key, pii, text, timestamp, unique } from '../../core/builders.ts';
import { customer } from '../silver/customer.ts';
import { payment } from '../silver/payment.ts';

export const dimCustomer = dataset({
  name: 'gold.dim_customer',
  description:
    'One row per customer, without name and address; those only mentioned by payments so far are inferred. Unknown is -1, not applicable -2.',
  owner: 'analytics',
  inputs: { customer, payment: payment.all() },
  sql: 'dimensions/dim_customer.sql',
  columns: {
    customer_key: key(bigint()).describe('Surrogate key; -1 unknown, -2 not applicable'),
    customer_id: pii.identifier().nullable().describe('Customer (uuid)'),
    segment: text().describe('Standard, Premium or Business'),
    country_key: bigint().describe('Home country in dim_country'),
    registered_at: timestamp().nullable().describe('When the customer registered'),
    is_inferred: boolean().describe('Mentioned by a payment, but not in the source yet'),
  },
  checks: [unique('customer_key')],
});
