import { cursor, date, decimal, key, source, text, timestamp } from '../../core/builders.ts';
import { oltp, oltpClock } from '../sources.ts';

export const bronzeFeeSchedule = source({
  name: 'bronze.fee_schedule',
  description: 'What a payment costs its merchant.',
  owner: 'pricing',
  source: oltp,
  relation: 'public.fee_schedule',
  extraction: cursor('updated_at', oltpClock),
  columns: {
    payment_method: key(text()).describe('Credit Card, Debit Card, Bank Transfer or Digital Wallet'),
    merchant_size: key(text()).describe('Small, Medium or Large'),
    percent: decimal(6, 4).describe('Share of the amount: 0.0290 is 2.9 %'),
    fixed_eur: decimal(18, 2).describe('Euros for each payment, beside the share'),
    valid_from: key(date()).describe('First day of the fee'),
    updated_at: timestamp().describe('Last change'),
  },
});
