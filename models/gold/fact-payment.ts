import {
  audit,
  boolean,
  dataset,
  date,
  day,
  decimal,
  key,
  pii,
  references,
  text,
  timestamp,
  unique,
} from '../../core/builders.ts';
import { dispute } from '../silver/dispute.ts';
import { feeSchedule } from '../silver/fee-schedule.ts';
import { payment } from '../silver/payment.ts';
import { dimCountry } from './dim-country.ts';
import { dimCurrency } from './dim-currency.ts';
import { dimCustomer } from './dim-customer.ts';
import { dimDate } from './dim-date.ts';
import { dimDevice } from './dim-device.ts';
import { dimLocation } from './dim-location.ts';
import { dimMerchant } from './dim-merchant.ts';
import { dimPaymentMethod } from './dim-payment-method.ts';

export const factPayment = dataset({
  name: 'gold.fact_payment',
  description:
    'One row per payment, its latest state, with its tax, our fee and what disputes say about it; customer and merchant as they were when the customer paid.',
  owner: 'analytics',
  inputs: {
    payment,
    dispute,
    // By day, as the table is cut, so that a new version is looked for in the days from then on only; the SQL joins by the moment.
    customer: dimCustomer.asOf({ on: { customer_id: 'customer_id' }, at: 'event_date', validFrom: 'valid_from' }),
    merchant: dimMerchant.asOf({ on: { merchant_id: 'merchant_id' }, at: 'event_date', validFrom: 'valid_from' }),
    fee: feeSchedule.asOf({
      on: { payment_method: 'payment_method', merchant_size: 'merchant_size' },
      at: 'event_date',
      validFrom: 'valid_from',
    }),
  },
  sql: 'facts/fact_payment.sql',
  partitionBy: day('event_date'),
  columns: {
    payment_id: key(text()).describe('Payment (uuid)'),
    event_date: date().describe('UTC day on which the customer paid'),
    event_date_key: references(dimDate, 'date_key').describe('That day in dim_date'),
    created_date_key: references(dimDate, 'date_key').describe('UTC day on which the payment reached us, in dim_date'),
    customer_id: pii.identifier().describe('Customer (uuid), the same whatever becomes of the customer'),
    customer_key: references(dimCustomer, 'customer_key').describe('The customer at that time in dim_customer'),
    merchant_id: text().describe('Merchant (uuid), the same whatever becomes of the merchant'),
    merchant_key: references(dimMerchant, 'merchant_key').describe('The merchant at that time in dim_merchant'),
    merchant_size: text().describe('Size of the merchant at that time: it decides the fee'),
    billing_country_key: references(dimCountry, 'country_key').describe(
      'Country of the billing address in dim_country',
    ),
    location_country_key: references(dimCountry, 'country_key').describe('Country of the IP address in dim_country'),
    location_key: references(dimLocation, 'location_key').describe('City of the IP address in dim_location'),
    status: text().describe('pending, succeeded, failed, refunded or disputed'),
    is_captured: boolean().describe('The money was taken: succeeded, refunded or disputed now'),
    payment_method: text().describe('Credit Card, Debit Card, Bank Transfer or Digital Wallet'),
    payment_method_key: references(dimPaymentMethod, 'payment_method_key').describe('dim_payment_method'),
    device_type: text().describe('mobile, desktop, tablet or unknown'),
    device_key: references(dimDevice, 'device_key').describe('dim_device'),
    currency: text().describe('ISO 4217 code'),
    currency_key: references(dimCurrency, 'currency_key').describe('dim_currency'),
    amount: decimal(18, 2).describe('In `currency`: adds up within one currency only'),
    amount_eur: decimal(28, 2).nullable().describe('At the rate as of the event date; null without a rate'),
    tax_rate: decimal(6, 4).nullable().describe('Standard rate where the customer is taxed: not additive'),
    tax_amount: decimal(18, 2)
      .nullable()
      .describe('Tax that `amount` contains, in `currency`: adds up within one currency only; null without a tax rate'),
    tax_amount_eur: decimal(28, 2).nullable().describe('The same in euros; null without one of the rates'),
    fee_eur: decimal(28, 2)
      .nullable()
      .describe('What we charge the merchant, in euros: 0 if not captured; null without a rate or a fee schedule'),
    is_disputed: boolean().describe('There is a dispute about it, or was: also one that was won'),
    is_fraud: boolean().describe('One of its disputes has the reason fraudulent'),
    fraud_known_at: timestamp().nullable().describe('When the first such dispute reached us; null without one'),
    is_holiday: boolean().describe('Public holiday where the customer is taxed'),
    is_subscription: boolean().describe('Billed for a subscription'),
    event_time: timestamp().describe('When the customer paid'),
    updated_at: timestamp().describe('Last change of the payment itself'),
  },
  checks: [
    unique('payment_id'),
    audit(
      'fraud has its time',
      'SELECT * FROM {{this}} WHERE is_fraud <> (fraud_known_at IS NOT NULL) OR (is_fraud AND NOT is_disputed)',
    ),
    audit(
      'days are in dim_date',
      'SELECT * FROM {{this}} WHERE event_date_key NOT BETWEEN 20200101 AND 20351231 OR created_date_key NOT BETWEEN 20200101 AND 20351231',
      'warn',
    ),
  ],
});
