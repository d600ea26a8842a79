import { boolean, bucket, dataset, key, merge, pii, text, timestamp, unique } from '../../core/builders.ts';
import { bronzeCustomer } from '../bronze/customer.ts';

export const customerVersion = dataset({
  name: 'silver.customer_version',
  description: 'Every version of every customer that was seen, without name and address, deletions included.',
  owner: 'customers',
  inputs: { raw: bronzeCustomer },
  sql: 'silver/customer_version.sql',
  write: merge({ latestBy: 'changed_at', deletes: 'keep' }),
  partitionBy: bucket('customer_id', 8),
  columns: {
    customer_id: key(pii.identifier()).describe('Customer (uuid)'),
    changed_at: key(timestamp()).describe('When this version began to hold'),
    is_deleted: boolean().describe('The customer is gone from here on; the other columns are as they were'),
    segment: text().describe('Standard, Premium or Business'),
    country: text().nullable().describe('Home country, ISO 3166 alpha-2'),
    city: text().nullable().describe('Home city in `country`'),
    created_at: timestamp().describe('When the customer registered'),
  },
  checks: [unique('customer_id', 'changed_at')],
});
