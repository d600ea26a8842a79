import { dataset, key, merge, text, timestamp, unique } from '../../core/builders.ts';
import { bronzePaymentMethod } from '../bronze/payment-method.ts';

export const paymentMethod = dataset({
  name: 'silver.payment_method',
  description: 'One row per way to pay, as it stands now.',
  owner: 'reference data',
  inputs: { raw: bronzePaymentMethod },
  sql: 'silver/payment_method.sql',
  write: merge({ latestBy: 'updated_at' }),
  columns: {
    payment_method: key(text()).describe('Credit Card, Debit Card, Bank Transfer or Digital Wallet'),
    updated_at: timestamp().describe('Last change in the source'),
  },
  checks: [unique('payment_method')],
});
