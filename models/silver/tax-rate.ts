import { dataset, date, decimal, key, merge, rowCheck, text, unique } from '../../core/builders.ts';
import { bronzeTaxRate } from '../bronze/tax-rate.ts';

export const taxRate = dataset({
  name: 'silver.tax_rate',
  description:
    'One row per country, kind of rate and day from which it is valid: until the next one of the same country and kind.',
  owner: 'treasury',
  inputs: { raw: bronzeTaxRate },
  sql: 'silver/tax_rate.sql',
  // Nothing says when a rate was corrected: the last look wins.
  write: merge({ latestBy: 'valid_from' }),
  columns: {
    country: key(text()).describe('ISO 3166 alpha-2'),
    kind: key(text()).describe('standard or reduced'),
    valid_from: key(date()).describe('First day on which the rate is valid'),
    rate: decimal(6, 4).describe('Share of the price before tax: 0.2000 is 20 %'),
  },
  checks: [rowCheck('rate is a share', 'rate >= 0 AND rate < 1'), unique('country', 'kind', 'valid_from')],
});
