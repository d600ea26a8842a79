import { bigint, boolean, dataset, key, references, text, unique } from '../../core/builders.ts';
import { city } from '../silver/city.ts';
import { customerVersion } from '../silver/customer-version.ts';
import { mention } from '../silver/mention.ts';
import { merchantVersion } from '../silver/merchant-version.ts';
import { dimCountry } from './dim-country.ts';
import { dimensionChecks } from './dimension.checks.ts';

export const dimLocation = dataset({
  name: 'gold.dim_location',
  description:
    'One row per city of a country; those only mentioned so far are inferred. Unknown (also: only the country is known) is -1, not applicable -2.',
  owner: 'analytics',
  inputs: { city, mention: mention.all(), customer: customerVersion, merchant: merchantVersion },
  sql: 'dimensions/dim_location.sql',
  columns: {
    location_key: key(bigint()).describe('Surrogate key; -1 unknown, -2 not applicable'),
    city: text().describe('Local name'),
    country_key: references(dimCountry, 'country_key').describe('Its country in dim_country'),
    timezone: text().nullable().describe('IANA time zone'),
    is_inferred: boolean().describe('Mentioned, but not in the source yet'),
  },
  checks: [...dimensionChecks('location_key'), unique('country_key', 'city')],
});
