import { dataset, date, decimal, key, merge, rowCheck, text, timestamp, unique } from '../../core/builders.ts';
import { bronzeFeeSchedule } from '../bronze/fee-schedule.ts';

export const feeSchedule = dataset({
  name: 'silver.fee_schedule',
  description:
    'What we charge for a captured payment: one row per payment method, merchant size and first day, valid until the next one.',
  owner: 'treasury',
  inputs: { raw: bronzeFeeSchedule },
  sql: 'silver/fee_schedule.sql',
  write: merge({ latestBy: 'updated_at' }),
  columns: {
    payment_method: key(text()).describe('Credit Card, Debit Card, Bank Transfer or Digital Wallet'),
    merchant_size: key(text()).describe('Small, Medium or Large'),
    valid_from: key(date()).describe('First day on which it is valid'),
    share: decimal(6, 4).describe('Of the amount in euros: 0.0290 is 2.9 %'),
    fixed_eur: decimal(18, 2).describe('Added to it, in euros'),
    updated_at: timestamp().describe('Last change'),
  },
  checks: [
    rowCheck('fees are not negative', 'share >= 0 AND fixed_eur >= 0'),
    unique('payment_method', 'merchant_size', 'valid_from'),
  ],
});
