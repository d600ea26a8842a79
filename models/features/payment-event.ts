import { dataset, date, day, decimal, key, pii, text, timestamp, unique } from '../../core/builders.ts';
import { payment } from '../silver/payment.ts';

export const paymentEvent = dataset({
  name: 'feature.payment_event',
  description:
    'What was known of a payment when it was made, and nothing that changes later: a new status makes no feature stale.',
  owner: 'fraud',
  inputs: { payment },
  sql: 'features/payment_event.sql',
  partitionBy: day('event_date'),
  columns: {
    payment_id: key(text()).describe('Payment (uuid)'),
    event_time: timestamp().describe('When the customer paid'),
    event_date: date().describe('UTC day of `event_time`'),
    seen_at: timestamp().describe('From when on we knew of it: later than `event_time` for offline payments'),
    customer_id: pii.identifier().describe('Customer (uuid)'),
    merchant_id: text().describe('Merchant (uuid)'),
    card_token: pii.identifier().nullable().describe('Stands for the card number; null when no card was used'),
    ip_address: pii.ip().nullable().describe('Address the payment was made from'),
    amount_eur: decimal(28, 2).nullable().describe('At the rate as of the event date; null without a rate'),
    currency: text().describe('ISO 4217 code'),
    payment_method: text().describe('Credit Card, Debit Card, Bank Transfer or Digital Wallet'),
    device_type: text().nullable().describe('mobile, desktop or tablet'),
    billing_country: text().nullable().describe('Billing address: ISO 3166 alpha-2'),
    location_country: text().nullable().describe('Country of the IP address, ISO 3166 alpha-2'),
    card_country: text().nullable().describe('Country of the bank that issued the card, ISO 3166 alpha-2'),
  },
  checks: [unique('payment_id')],
});
