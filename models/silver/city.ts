import { dataset, key, merge, text, timestamp, unique } from '../../core/builders.ts';
import { bronzeCity } from '../bronze/city.ts';

export const city = dataset({
  name: 'silver.city',
  description: 'One row per city, as it stands now. Everything else names a city by country and name.',
  owner: 'reference data',
  inputs: { raw: bronzeCity },
  sql: 'silver/city.sql',
  write: merge({ latestBy: 'updated_at' }),
  columns: {
    country: key(text()).describe('ISO 3166 alpha-2'),
    city: key(text()).describe('Name, as written there'),
    timezone: text().describe('IANA time zone'),
    updated_at: timestamp().describe('Last change in the source'),
  },
  checks: [unique('country', 'city')],
});
