import { cursor, key, pii, source, text, timestamp } from '../../core/builders.ts';
import { oltp, oltpClock } from '../sources.ts';

/** The password hash stays where it is: it is not declared, so it is never read. */
export const bronzeCustomer = source({
  name: 'bronze.customer',
  description: 'Customers as the OLTP database held them, without their password.',
  owner: 'customers',
  source: oltp,
  relation: 'public.customer',
  ignored: ['password'],
  extraction: cursor('updated_at', oltpClock),
  columns: {
    id: key(pii.identifier()).describe('Customer id (uuid)'),
    user_name: pii.identifier().describe('Login name'),
    email: pii.email().describe('As typed; may be no address at all'),
    full_name: pii.name().describe('As typed'),
    segment: text().describe('Standard, Premium or Business'),
    country: text().nullable().describe('Home country, ISO 3166 alpha-2'),
    city: text().nullable().describe('Home city in `country`'),
    created_at: timestamp().describe('When the customer registered'),
    updated_at: timestamp().describe('Last change'),
  },
});
