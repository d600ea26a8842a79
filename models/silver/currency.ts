import { dataset, integer, key, merge, text, timestamp, unique } from '../../core/builders.ts';
import { bronzeCurrency } from '../bronze/currency.ts';

export const currency = dataset({
  name: 'silver.currency',
  description: 'One row per currency that payments are made in, as it stands now.',
  owner: 'reference data',
  inputs: { raw: bronzeCurrency },
  sql: 'silver/currency.sql',
  write: merge({ latestBy: 'updated_at' }),
  columns: {
    currency: key(text()).describe('ISO 4217 code'),
    exponent: integer().describe('Decimals of its smallest unit: EUR 2, JPY 0, KWD 3'),
    updated_at: timestamp().describe('Last change in the source'),
  },
  checks: [unique('currency')],
});
