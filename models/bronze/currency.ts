import { cursor, integer, key, source, text, timestamp } from '../../core/builders.ts';
import { oltp, oltpClock } from '../sources.ts';

export const bronzeCurrency = source({
  name: 'bronze.currency',
  description: 'Currencies that payments are made in.',
  owner: 'reference data',
  source: oltp,
  relation: 'public.currency',
  extraction: cursor('updated_at', oltpClock),
  columns: {
    code: key(text()).describe('ISO 4217 code'),
    exponent: integer().describe('Decimals of its smallest unit: EUR 2, JPY 0, KWD 3'),
    updated_at: timestamp().describe('Last change'),
  },
});
