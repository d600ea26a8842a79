import { cursor, integer, key, source, text, timestamp } from '../../core/builders.ts';
import { oltp, oltpClock } from '../sources.ts';

export const bronzeProductCategory = source({
  name: 'bronze.product_category',
  description: 'Categories of the catalogue.',
  owner: 'catalogue',
  source: oltp,
  relation: 'public.product_category',
  extraction: cursor('updated_at', oltpClock),
  columns: {
    id: key(integer()).describe('Category'),
    name: text().describe('English name'),
    updated_at: timestamp().describe('Last change'),
  },
});
