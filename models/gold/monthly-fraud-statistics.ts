import { audit, bigint, dataset, date, decimal, key, month, references, text, unique } from '../../core/builders.ts';
import { dimCountry } from './dim-country.ts';
import { dimDate } from './dim-date.ts';
import { dimPaymentMethod } from './dim-payment-method.ts';
import { factPayment } from './fact-payment.ts';

export const monthlyFraudStatistics = dataset({
  name: 'gold.monthly_fraud_statistics',
  description:
    'One row per month, country of the IP address and payment method with a captured payment: how much of it is known to be fraud by now. Recent months grow while disputes come in.',
  owner: 'risk',
  inputs: { payment: factPayment },
  sql: 'marts/monthly_fraud_statistics.sql',
  partitionBy: month('month_start', { toDate: true }),
  columns: {
    month_start: key(date()).describe('First day of the month'),
    month_start_date_key: references(dimDate, 'date_key').describe('That day in dim_date'),
    location_country_key: key(references(dimCountry, 'country_key')).describe(
      'Country of the IP address in dim_country',
    ),
    payment_method: key(text()).describe('Credit Card, Debit Card, Bank Transfer or Digital Wallet'),
    payment_method_key: references(dimPaymentMethod, 'payment_method_key').describe('dim_payment_method'),
    payment_count: bigint().describe('Captured payments'),
    amount_eur: decimal(38, 2).describe('Their amounts in euros; without a rate they count as 0'),
    disputed_count: bigint().describe('Payments with a dispute of any reason'),
    fraud_count: bigint().describe('Payments with a dispute of the reason fraudulent'),
    fraud_amount_eur: decimal(38, 2).describe('Amounts of those in euros'),
    defrauded_customer_count: bigint().describe('Customers of those payments: not additive over rows'),
    defrauded_merchant_count: bigint().describe('Merchants of those payments: not additive over rows'),
    fraud_share: decimal(9, 6).describe('fraud_count / payment_count: not additive over rows'),
  },
  checks: [
    unique('month_start', 'location_country_key', 'payment_method'),
    audit(
      'fraud is a part',
      'SELECT * FROM {{this}} WHERE fraud_count > disputed_count OR disputed_count > payment_count OR fraud_share > 1',
    ),
  ],
});
