import { bigint, dataset, day, key, merge, pii, text, timestamp, unique } from '../../core/builders.ts';
import { bronzeTransactionStateChange } from '../bronze/transaction-state-change.ts';

export const paymentStateChange = dataset({
  name: 'silver.payment_state_change',
  description: 'One row per status move of a payment.',
  owner: 'payments',
  inputs: { raw: bronzeTransactionStateChange },
  sql: 'silver/payment_state_change.sql',
  write: merge({ latestBy: 'changed_at' }),
  partitionBy: day('changed_at'),
  columns: {
    change_id: key(bigint()).describe('Number of the change; grows with time'),
    payment_id: text().describe('Payment (uuid)'),
    from_status: text().nullable().describe('Status before; null at the birth of the payment'),
    to_status: text().describe('Status after'),
    reason: pii.freeText().nullable().describe('Why, in words'),
    changed_by: text().describe('Program or desk that made the move'),
    changed_at: timestamp().describe('When'),
  },
  checks: [unique('change_id')],
});
