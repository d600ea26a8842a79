import { key, snapshot, source, text, timestamp } from '../../core/builders.ts';
import { oltp } from '../sources.ts';

export const bronzeCountry = source({
  name: 'bronze.country',
  description: 'Countries: small, so the whole table is read each time.',
  owner: 'reference data',
  source: oltp,
  relation: 'public.country',
  extraction: snapshot(),
  columns: {
    code: key(text()).describe('ISO 3166 alpha-2'),
    name: text().describe('English name; changes at times'),
    region: text().describe('Part of the world'),
    currency: text().describe('ISO 4217 code of the national currency'),
    updated_at: timestamp().describe('Last change'),
  },
});
