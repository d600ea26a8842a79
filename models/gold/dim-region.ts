import { bigint, dataset, key, text } from '../../core/builders.ts';
import { country } from '../silver/country.ts';
import { dimensionChecks } from './dimension.checks.ts';

export const dimRegion = dataset({
  name: 'gold.dim_region',
  description: 'One row per part of the world that a country lies in. Unknown is -1, not applicable -2.',
  owner: 'analytics',
  inputs: { country },
  sql: 'dimensions/dim_region.sql',
  columns: {
    region_key: key(bigint()).describe('Surrogate key; -1 unknown, -2 not applicable'),
    region: text().describe('Part of the world: Europe, Americas, Asia'),
  },
  checks: dimensionChecks('region_key'),
});
