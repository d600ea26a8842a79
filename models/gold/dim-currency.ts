import { bigint, boolean, dataset, integer, key, text } from '../../core/builders.ts';
import { currency } from '../silver/currency.ts';
import { mention } from '../silver/mention.ts';
import { dimensionChecks } from './dimension.checks.ts';

export const dimCurrency = dataset({
  name: 'gold.dim_currency',
  description: 'One row per currency; those only mentioned so far are inferred. Unknown is -1, not applicable -2.',
  owner: 'analytics',
  inputs: { currency, mention: mention.all() },
  sql: 'dimensions/dim_currency.sql',
  columns: {
    currency_key: key(bigint()).describe('Surrogate key; -1 unknown, -2 not applicable'),
    currency: text().describe('ISO 4217 code; the label of the two members without a currency'),
    exponent: integer().nullable().describe('Decimals of its smallest unit: EUR 2, JPY 0, KWD 3'),
    is_inferred: boolean().describe('Mentioned, but not in the source yet'),
  },
  checks: dimensionChecks('currency_key'),
});
