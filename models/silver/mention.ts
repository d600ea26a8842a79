import { dataset, date, day, key, text, unique } from '../../core/builders.ts';
import { payment } from './payment.ts';
import { session } from './session.ts';

/** Small, and made day by day: a dimension that looks for new members need not read every payment ever made. */
export const mention = dataset({
  name: 'silver.mention',
  description:
    'What the payments and sessions of a day mention: each country, city, currency, way to pay and device once.',
  owner: 'analytics',
  inputs: { payment, session },
  sql: 'silver/mention.sql',
  partitionBy: day('mention_date'),
  columns: {
    mention_date: key(date()).describe('UTC day of the payments and sessions'),
    kind: key(text()).describe('country, location, currency, payment_method or device'),
    natural_key: key(text()).describe('What is mentioned; a location is country|city'),
    country: text().nullable().describe('Of a location: ISO 3166 alpha-2'),
    city: text().nullable().describe('Of a location: the city, as written there'),
  },
  checks: [unique('mention_date', 'kind', 'natural_key')],
});
