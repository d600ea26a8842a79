import {
  audit,
  boolean,
  dataset,
  date,
  day,
  decimal,
  key,
  merge,
  pii,
  rowCheck,
  text,
  timestamp,
  unique,
} from '../../core/builders.ts';
import { bronzeTransaction } from '../bronze/transaction.ts';
import { exchangeRate } from './exchange-rate.ts';
import { publicHoliday } from './public-holiday.ts';
import { taxRate } from './tax-rate.ts';

export const payment = dataset({
  name: 'silver.payment',
  description: 'One row per payment, its latest state, with its tax, and both also in euros at the rate of its day.',
  owner: 'payments',
  inputs: {
    raw: bronzeTransaction,
    rate: exchangeRate.asOf({ on: { currency: 'currency' }, at: 'event_date', validFrom: 'rate_date' }),
    tax: taxRate.asOf({ on: { country: 'tax_country' }, at: 'event_date', validFrom: 'valid_from' }),
    holiday: publicHoliday.asOf({
      on: { country: 'tax_country', holiday_date: 'event_date' },
      at: 'event_date',
      validFrom: 'holiday_date',
    }),
  },
  sql: 'silver/payment.sql',
  write: merge({ latestBy: 'updated_at' }),
  // The column that decides the rate, so that a corrected rate touches its days only.
  partitionBy: day('event_date'),
  columns: {
    payment_id: key(text()).describe('Payment (uuid)'),
    status: text().describe('pending, succeeded, failed, refunded or disputed'),
    is_captured: boolean().describe('The money was taken: succeeded, refunded or disputed now'),
    merchant_id: text().describe('Merchant (uuid); its row may come days later'),
    customer_id: pii.identifier().describe('Customer (uuid)'),
    amount: decimal(18, 2).describe('In `currency`'),
    currency: text().describe('ISO 4217 code'),
    amount_eur: decimal(28, 2).nullable().describe('At the rate as of the event date; null without a rate'),
    tax_country: text()
      .nullable()
      .describe('Where the customer is taxed: country of the billing address, else of the IP address'),
    tax_rate: decimal(6, 4).nullable().describe('Standard rate there as of the event date; null without one'),
    tax_amount: decimal(18, 2)
      .nullable()
      .describe('Tax that `amount` contains, in `currency`; null without a tax rate'),
    tax_amount_eur: decimal(28, 2).nullable().describe('The same in euros; null without one of the rates'),
    is_holiday: boolean().describe('Public holiday in the tax country on the event date'),
    payment_method: text().describe('Credit Card, Debit Card, Bank Transfer or Digital Wallet'),
    device_type: text().nullable().describe('mobile, desktop or tablet'),
    billing_street: pii.address().nullable().describe('Billing address: street and number'),
    billing_city: pii.address().nullable().describe('Billing address: city'),
    billing_postal_code: pii.address().nullable().describe('Billing address: postal code'),
    billing_country: text().nullable().describe('Billing address: ISO 3166 alpha-2'),
    ip_address: pii.ip().nullable().describe('Address the payment was made from'),
    location_city: text().nullable().describe('City of the IP address'),
    location_country: text().nullable().describe('Country of the IP address, ISO 3166 alpha-2'),
    card_token: pii.identifier().nullable().describe('Stands for the card number; null when no card was used'),
    card_country: text().nullable().describe('Country of the bank that issued the card, ISO 3166 alpha-2'),
    subscription_id: text().nullable().describe('Subscription (uuid) that was billed; it may be deleted by now'),
    event_time: timestamp().describe('When the customer paid'),
    event_date: date().describe('UTC day of `event_time`'),
    created_at: timestamp().describe('When the payment reached us'),
    updated_at: timestamp().describe('Last change'),
  },
  checks: [
    rowCheck('status is known', "status IN ('pending', 'succeeded', 'failed', 'refunded', 'disputed')"),
    rowCheck('amount is positive', 'amount > 0'),
    unique('payment_id'),
    audit('tax is less than the amount', 'SELECT * FROM {{this}} WHERE tax_amount >= amount'),
    audit(
      'euros stay as they are',
      "SELECT * FROM {{this}} WHERE currency = 'EUR' AND amount_eur IS DISTINCT FROM amount",
    ),
  ],
});
