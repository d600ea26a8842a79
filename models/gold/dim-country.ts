import { bigint, boolean, dataset, key, references, text } from '../../core/builders.ts';
import { city } from '../silver/city.ts';
import { country } from '../silver/country.ts';
import { customerVersion } from '../silver/customer-version.ts';
import { mention } from '../silver/mention.ts';
import { merchantVersion } from '../silver/merchant-version.ts';
import { publicHoliday } from '../silver/public-holiday.ts';
import { dimRegion } from './dim-region.ts';
import { dimensionChecks } from './dimension.checks.ts';

export const dimCountry = dataset({
  name: 'gold.dim_country',
  description:
    'One row per country; those that are only mentioned so far are inferred. Unknown is -1, not applicable -2.',
  owner: 'analytics',
  inputs: {
    country,
    city,
    customer: customerVersion,
    merchant: merchantVersion,
    holiday: publicHoliday,
    mention: mention.all(),
  },
  sql: 'dimensions/dim_country.sql',
  columns: {
    country_key: key(bigint()).describe('Surrogate key; -1 unknown, -2 not applicable'),
    country_code: text().nullable().describe('ISO 3166 alpha-2'),
    name: text().describe('English name'),
    region_key: references(dimRegion, 'region_key').describe('Part of the world, in dim_region'),
    currency: text().nullable().describe('ISO 4217 code of the national currency'),
    is_inferred: boolean().describe('Mentioned, but not in the source yet'),
  },
  checks: dimensionChecks('country_key'),
});
