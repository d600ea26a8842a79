import { cursor, decimal, key, source, text, timestamp } from '../../core/builders.ts';
import { oltp, oltpClock } from '../sources.ts';

export const bronzeDispute = source({
  name: 'bronze.dispute',
  description: 'Chargebacks; they come days to weeks after their payment.',
  owner: 'disputes',
  source: oltp,
  relation: 'public.dispute',
  extraction: cursor('updated_at', oltpClock),
  columns: {
    id: key(text()).describe('Dispute (uuid)'),
    transaction_id: text().describe('Payment (uuid)'),
    transaction_event_time: timestamp().describe('Event time of that payment'),
    amount: decimal(18, 2).describe('In the currency of the payment'),
    currency: text().describe('Currency of the payment'),
    reason: text().describe('fraudulent, product_not_received, duplicate or other'),
    status: text().describe('open, won (by the merchant) or lost'),
    created_at: timestamp().describe('When it reached us: from then on its reason is known'),
    closed_at: timestamp().nullable().describe('When it was won or lost'),
    updated_at: timestamp().describe('Last change'),
  },
});
