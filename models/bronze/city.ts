import { cursor, integer, key, source, text, timestamp } from '../../core/builders.ts';
import { oltp, oltpClock } from '../sources.ts';

export const bronzeCity = source({
  name: 'bronze.city',
  description: 'Cities of customers, merchants and payments.',
  owner: 'reference data',
  source: oltp,
  relation: 'public.city',
  extraction: cursor('updated_at', oltpClock),
  columns: {
    id: key(integer()).describe('Number in the OLTP database; elsewhere a city is known by country and name'),
    name: text().describe('Local name'),
    country: text().describe('ISO 3166 alpha-2'),
    timezone: text().describe('IANA time zone'),
    updated_at: timestamp().describe('Last change'),
  },
});
