import { dataset, key, merge, pii, text, timestamp, unique } from '../../core/builders.ts';
import { bronzeCustomer } from '../bronze/customer.ts';

export const customer = dataset({
  name: 'silver.customer',
  description: 'One row per customer, as it stands now.',
  owner: 'customers',
  inputs: { raw: bronzeCustomer },
  sql: 'silver/customer.sql',
  write: merge({ latestBy: 'updated_at' }),
  columns: {
    customer_id: key(pii.identifier()).describe('Customer (uuid)'),
    user_name: pii.identifier().describe('Login name'),
    email: pii.email().describe('As typed; may be no address at all'),
    full_name: pii.name().describe('As typed'),
    segment: text().describe('Standard, Premium or Business'),
    country: text().nullable().describe('Home country, ISO 3166 alpha-2'),
    city: text().nullable().describe('City in `country`'),
    created_at: timestamp().describe('When the customer registered'),
    updated_at: timestamp().describe('Last change'),
  },
  checks: [unique('customer_id')],
});
