import { dataset, key, merge, text, timestamp, unique } from '../../core/builders.ts';
import { bronzeCountry } from '../bronze/country.ts';

export const country = dataset({
  name: 'silver.country',
  description: 'One row per country, as it stands now.',
  owner: 'reference data',
  inputs: { raw: bronzeCountry },
  sql: 'silver/country.sql',
  write: merge({ latestBy: 'updated_at' }),
  columns: {
    country_code: key(text()).describe('ISO 3166 alpha-2'),
    name: text().describe('English name'),
    region: text().describe('Part of the world'),
    currency: text().describe('ISO 4217 code of the national currency'),
    updated_at: timestamp().describe('Last change in the source'),
  },
  checks: [unique('country_code')],
});
