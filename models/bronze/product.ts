import { boolean, cursor, decimal, integer, key, source, text, timestamp } from '../../core/builders.ts';
import { oltp, oltpClock } from '../sources.ts';

export const bronzeProduct = source({
  name: 'bronze.product',
  description: 'What merchants sell.',
  owner: 'catalogue',
  source: oltp,
  relation: 'public.product',
  extraction: cursor('updated_at', oltpClock),
  columns: {
    id: key(text()).describe('Product (uuid)'),
    merchant_id: text().describe('Merchant (uuid); its row may come later'),
    name: text().describe('As typed'),
    category_id: integer().describe('Category'),
    price: decimal(18, 2).describe('List price in `currency`; lines may be charged otherwise'),
    currency: text().describe('ISO 4217 code'),
    is_active: boolean().describe('On sale'),
    created_at: timestamp().describe('When it was added'),
    updated_at: timestamp().describe('Last change'),
  },
});
