import { boolean, cursor, key, source, text, timestamp } from '../../core/builders.ts';
import { oltp, oltpClock } from '../sources.ts';

export const bronzePaymentStatus = source({
  name: 'bronze.payment_status',
  description: 'States of a payment.',
  owner: 'reference data',
  source: oltp,
  relation: 'public.payment_status',
  extraction: cursor('updated_at', oltpClock),
  columns: {
    code: key(text()).describe('pending, succeeded, failed, refunded or disputed'),
    is_captured: boolean().describe('The money was taken'),
    updated_at: timestamp().describe('Last change'),
  },
});
