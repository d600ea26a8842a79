import { cursor, decimal, key, pii, source, text, timestamp } from '../../core/builders.ts';
import { oltp, oltpClock } from '../sources.ts';

export const bronzeSubscription = source({
  name: 'bronze.subscription',
  description: 'Recurring purchases; closed ones are deleted after a while.',
  owner: 'subscriptions',
  source: oltp,
  relation: 'public.subscription',
  extraction: cursor('updated_at', oltpClock, { deletes: 'key-snapshot' }),
  columns: {
    id: key(text()).describe('Subscription (uuid)'),
    customer_id: pii.identifier().describe('Customer (uuid)'),
    merchant_id: text().describe('Merchant (uuid)'),
    product_id: text().describe('Product (uuid)'),
    plan: text().describe('basic, plus or pro'),
    amount: decimal(18, 2).describe('Charged each time, in `currency`'),
    currency: text().describe('ISO 4217 code'),
    billing_interval: text().describe('week, month or year'),
    status: text().describe('active, past_due or cancelled'),
    started_at: timestamp().describe('First payment'),
    cancelled_at: timestamp().nullable().describe('When it was cancelled'),
    updated_at: timestamp().describe('Last change'),
  },
});
