import { cursor, decimal, key, pii, source, text, timestamp } from '../../core/builders.ts';
import { oltp, oltpClock } from '../sources.ts';

export const bronzeTransaction = source({
  name: 'bronze.transaction',
  description: 'Payments as the OLTP database held them each time they were looked at.',
  owner: 'payments',
  source: oltp,
  relation: 'public.transaction',
  extraction: cursor('updated_at', oltpClock),
  columns: {
    id: key(text()).describe('Payment id (uuid)'),
    status: text().describe('pending, succeeded, failed, refunded or disputed'),
    merchant_id: text().describe('Merchant (uuid); its row may come days later'),
    customer_id: pii.identifier().describe('Customer (uuid)'),
    amount: decimal(18, 2).describe('In the currency of the payment'),
    currency: text().describe('ISO 4217 code'),
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
    event_time: timestamp().describe('When the customer paid; never changes'),
    created_at: timestamp().describe('When the payment reached us; offline payments come days later'),
    updated_at: timestamp().describe('Last change, by the clock of the application'),
  },
});
