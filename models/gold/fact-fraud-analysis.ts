import { audit, bigint, dataset, date, day, decimal, key, references, text, unique } from '../../core/builders.ts';
import { dimCustomer } from './dim-customer.ts';
import { dimDate } from './dim-date.ts';
import { dimLocation } from './dim-location.ts';
import { dimMerchant } from './dim-merchant.ts';
import { dimPaymentMethod } from './dim-payment-method.ts';
import { factPayment } from './fact-payment.ts';

export const factFraudAnalysis = dataset({
  name: 'gold.fact_fraud_analysis',
  description:
    'One row per UTC day, customer, merchant, place and payment method with a captured payment. Fraud is a dispute with the reason fraudulent: it counts on the day of its payment and is known days or weeks later.',
  owner: 'risk',
  inputs: { payment: factPayment },
  sql: 'facts/fact_fraud_analysis.sql',
  partitionBy: day('event_date'),
  columns: {
    event_date: key(date()).describe('UTC day of the payments'),
    event_date_key: references(dimDate, 'date_key').describe('The day in dim_date'),
    customer_key: key(references(dimCustomer, 'customer_key')).describe('The customer at that time in dim_customer'),
    merchant_key: key(references(dimMerchant, 'merchant_key')).describe('The merchant at that time in dim_merchant'),
    location_key: key(references(dimLocation, 'location_key')).describe('City of the IP address in dim_location'),
    payment_method: key(text()).describe('Credit Card, Debit Card, Bank Transfer or Digital Wallet'),
    payment_method_key: references(dimPaymentMethod, 'payment_method_key').describe('dim_payment_method'),
    payment_count: bigint().describe('Captured payments'),
    amount_eur: decimal(38, 2).describe('Their amounts in euros; without a rate they count as 0'),
    fraud_count: bigint().describe('Of them those known to be fraud'),
    fraud_amount_eur: decimal(38, 2).describe('Amounts of those in euros'),
  },
  checks: [
    unique('event_date', 'customer_key', 'merchant_key', 'location_key', 'payment_method'),
    audit(
      'fraud is a part',
      'SELECT * FROM {{this}} WHERE fraud_count > payment_count OR fraud_amount_eur > amount_eur',
    ),
  ],
});
