import { cursor, key, source, text, timestamp } from '../../core/builders.ts';
import { oltp, oltpClock } from '../sources.ts';

export const bronzePaymentMethod = source({
  name: 'bronze.payment_method',
  description: 'Ways to pay.',
  owner: 'reference data',
  source: oltp,
  relation: 'public.payment_method',
  extraction: cursor('updated_at', oltpClock),
  columns: {
    name: key(text()).describe('Credit Card, Debit Card, Bank Transfer or Digital Wallet'),
    updated_at: timestamp().describe('Last change'),
  },
});
