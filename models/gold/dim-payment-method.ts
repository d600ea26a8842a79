import { bigint, boolean, dataset, key, text } from '../../core/builders.ts';
import { mention } from '../silver/mention.ts';
import { paymentMethod } from '../silver/payment-method.ts';
import { dimensionChecks } from './dimension.checks.ts';

export const dimPaymentMethod = dataset({
  name: 'gold.dim_payment_method',
  description: 'One row per way to pay; those only mentioned so far are inferred. Unknown is -1, not applicable -2.',
  owner: 'analytics',
  inputs: { payment_method: paymentMethod, mention: mention.all() },
  sql: 'dimensions/dim_payment_method.sql',
  columns: {
    payment_method_key: key(bigint()).describe('Surrogate key; -1 unknown, -2 not applicable'),
    payment_method: text().describe('Credit Card, Debit Card, Bank Transfer or Digital Wallet'),
    is_card: boolean().describe('Paid by card'),
    is_inferred: boolean().describe('Mentioned, but not in the source yet'),
  },
  checks: dimensionChecks('payment_method_key'),
});
