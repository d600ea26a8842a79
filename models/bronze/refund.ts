import { cursor, decimal, key, pii, source, text, timestamp } from '../../core/builders.ts';
import { oltp, oltpClock } from '../sources.ts';

export const bronzeRefund = source({
  name: 'bronze.refund',
  description: 'Refunds, partial ones too, as the OLTP database held them.',
  owner: 'payments',
  source: oltp,
  relation: 'public.refund',
  extraction: cursor('updated_at', oltpClock),
  columns: {
    id: key(text()).describe('Refund id (uuid)'),
    transaction_id: text().describe('Payment that is paid back (uuid)'),
    transaction_event_time: timestamp().describe('Event time of that payment'),
    amount: decimal(18, 2).describe('In the currency of the payment'),
    currency: text().describe('Currency of the payment'),
    reason: pii.freeText().nullable().describe('Why, in words'),
    created_at: timestamp().describe('When it was refunded'),
    updated_at: timestamp().describe('Last change'),
  },
});
