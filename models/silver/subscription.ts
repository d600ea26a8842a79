import { dataset, decimal, key, merge, pii, rowCheck, text, timestamp, unique } from '../../core/builders.ts';
import { bronzeSubscription } from '../bronze/subscription.ts';

export const subscription = dataset({
  name: 'silver.subscription',
  description: 'One row per subscription, as it stands now. Those deleted in the source are gone here too.',
  owner: 'payments',
  inputs: { raw: bronzeSubscription },
  sql: 'silver/subscription.sql',
  write: merge({ latestBy: 'updated_at' }),
  columns: {
    subscription_id: key(text()).describe('Subscription (uuid)'),
    customer_id: pii.identifier().describe('Customer who pays (uuid)'),
    merchant_id: text().describe('Merchant (uuid)'),
    product_id: text().describe('Product (uuid)'),
    plan: text().describe('basic, plus or pro'),
    amount: decimal(18, 2).describe('For each billing interval, in `currency`'),
    currency: text().describe('ISO 4217 code'),
    billing_interval: text().describe('week, month or year'),
    yearly_amount: decimal(28, 2).describe(
      'The amount by the year: 52 weeks, 12 months or 1 year of it, in `currency`',
    ),
    status: text().describe('active, past_due or cancelled'),
    started_at: timestamp().describe('When it began'),
    cancelled_at: timestamp().nullable().describe('When it was cancelled'),
    updated_at: timestamp().describe('Last change'),
  },
  checks: [
    rowCheck('amount is positive', 'amount > 0'),
    rowCheck('billing interval is known', "billing_interval IN ('week', 'month', 'year')"),
    rowCheck('cancelled has its time', "(status = 'cancelled') = (cancelled_at IS NOT NULL)"),
    unique('subscription_id'),
  ],
});
