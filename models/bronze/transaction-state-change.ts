import { bigint, cursor, key, pii, source, text, timestamp } from '../../core/builders.ts';
import { oltp, oltpClock } from '../sources.ts';

export const bronzeTransactionStateChange = source({
  name: 'bronze.transaction_state_change',
  description: 'The append-only audit of status moves.',
  owner: 'payments',
  source: oltp,
  relation: 'public.transaction_state_change',
  extraction: cursor('updated_at', oltpClock),
  columns: {
    id: key(bigint()).describe('Number of the change'),
    transaction_id: text().describe('Payment (uuid)'),
    from_status: text().nullable().describe('Status before; null at the birth of the payment'),
    to_status: text().describe('Status after'),
    reason: pii.freeText().nullable().describe('Why, in words'),
    updated_by: text().describe('Program or desk that made the move'),
    updated_at: timestamp().describe('When'),
  },
});
