import { bigint, dataset, key, text } from '../../core/builders.ts';
import { merchantVersion } from '../silver/merchant-version.ts';
import { dimensionChecks } from './dimension.checks.ts';

export const dimIndustry = dataset({
  name: 'gold.dim_industry',
  description: 'One row per industry that a merchant is or was in. Unknown is -1, not applicable -2.',
  owner: 'analytics',
  inputs: { merchant: merchantVersion },
  sql: 'dimensions/dim_industry.sql',
  columns: {
    industry_key: key(bigint()).describe('Surrogate key; -1 unknown, -2 not applicable'),
    industry: text().describe('Retail, Travel, Food, Software, Gaming or Health'),
  },
  checks: dimensionChecks('industry_key'),
});
