import {
  audit,
  bigint,
  boolean,
  dataset,
  date,
  day,
  decimal,
  double,
  integer,
  key,
  pii,
  text,
  timestamp,
  unique,
} from '../../core/builders.ts';
import { merchantVersion } from '../silver/merchant-version.ts';
import { fraudLabel } from './fraud-label.ts';
import { paymentEvent } from './payment-event.ts';

const earlier = (whose: string, window: string) =>
  bigint().nullable().describe(`Earlier payments of the ${whose} in the last ${window} that we knew of`);
const spent = (whose: string, window: string) =>
  decimal(38, 2).nullable().describe(`Their euros: payments of the ${whose} in the last ${window}`);
const first = (what: string) =>
  boolean().nullable().describe(`The customer made no earlier payment ${what} in the last 30 days`);

/** Windows reach back this far; the SQL has the same length. */
const HISTORY = '30 days';

export const paymentFraud = dataset({
  name: 'feature.payment_fraud',
  description:
    'The fraud features of each payment, as they could be known at its event time: only payments that had happened and reached us by then, only labels that had come in.',
  owner: 'fraud',
  inputs: {
    payment: paymentEvent,
    past: paymentEvent.window(HISTORY),
    label: fraudLabel.window(HISTORY),
    merchant: merchantVersion.asOf({ on: { merchant_id: 'merchant_id' }, at: 'event_time', validFrom: 'changed_at' }),
  },
  sql: 'features/payment_fraud.sql',
  partitionBy: day('event_time'),
  columns: {
    payment_id: key(text()).describe('Payment (uuid)'),
    event_time: timestamp().describe('When the customer paid; every feature is as of this moment'),
    event_date: date().describe('UTC day of `event_time`'),
    customer_id: pii.identifier().describe('Customer (uuid)'),
    merchant_id: text().describe('Merchant (uuid)'),
    merchant_size: text()
      .nullable()
      .describe('Small, Medium or Large, by its version of that moment; null before the first'),
    amount_eur: decimal(28, 2).nullable().describe('At the rate as of the event date; null without a rate'),
    currency: text().describe('ISO 4217 code'),
    payment_method: text().describe('Credit Card, Debit Card, Bank Transfer or Digital Wallet'),
    device_type: text().nullable().describe('mobile, desktop or tablet'),
    billing_country: text().nullable().describe('Billing address: ISO 3166 alpha-2'),
    location_country: text().nullable().describe('Country of the IP address, ISO 3166 alpha-2'),
    card_country: text().nullable().describe('Country of the bank that issued the card, ISO 3166 alpha-2'),
    hour_of_day: integer().describe('0 to 23, UTC'),
    day_of_week: integer().describe('1 (Monday) to 7 (Sunday), UTC'),
    is_night: boolean().describe('Before six in the morning, UTC'),
    is_location_abroad: boolean().nullable().describe('The IP address is in another country than the billing address'),
    is_card_abroad: boolean().nullable().describe('The card is from another country than the billing address'),
    is_first_device: first('from this kind of device'),
    is_first_country: first('from this country'),
    is_first_currency: first('in this currency'),
    is_first_merchant: first('to this merchant'),
    customer_count_1h: earlier('customer', 'hour'),
    customer_count_1d: earlier('customer', 'day'),
    customer_count_7d: earlier('customer', '7 days'),
    customer_count_30d: earlier('customer', '30 days'),
    customer_amount_1d: spent('customer', 'day'),
    customer_amount_30d: spent('customer', '30 days'),
    customer_seconds_since: bigint()
      .nullable()
      .describe('Since the latest of those of the last 30 days; null without one'),
    amount_to_customer_mean: double().nullable().describe('The amount as a multiple of their mean; null without them'),
    card_count_1h: earlier('card', 'hour'),
    card_count_1d: earlier('card', 'day'),
    card_count_7d: earlier('card', '7 days'),
    card_count_30d: earlier('card', '30 days'),
    card_amount_1d: spent('card', 'day'),
    card_seconds_since: bigint().nullable().describe('Since the latest of those of the last 30 days; null without one'),
    merchant_count_1h: earlier('merchant', 'hour'),
    merchant_count_1d: earlier('merchant', 'day'),
    merchant_count_7d: earlier('merchant', '7 days'),
    merchant_count_30d: earlier('merchant', '30 days'),
    merchant_amount_1d: spent('merchant', 'day'),
    ip_count_1h: earlier('IP address', 'hour'),
    ip_count_1d: earlier('IP address', 'day'),
    ip_count_7d: earlier('IP address', '7 days'),
    ip_count_30d: earlier('IP address', '30 days'),
    merchant_aged_count: bigint().describe(
      "The merchant's payments that are 7 to 30 days old: disputes had time to come",
    ),
    merchant_fraud_count: bigint().describe('Those of them that were known as fraud'),
    merchant_risk: double().nullable().describe('Share of fraud among them; null without any'),
  },
  checks: [
    unique('payment_id'),
    audit(
      'a longer window holds at least as much',
      `SELECT payment_id FROM {{this}} WHERE customer_count_1h > customer_count_1d OR customer_count_1d > customer_count_7d
         OR customer_count_7d > customer_count_30d OR card_count_1h > card_count_30d OR ip_count_1h > ip_count_30d`,
    ),
    audit(
      'no more frauds than payments',
      'SELECT payment_id FROM {{this}} WHERE merchant_fraud_count > merchant_aged_count OR merchant_fraud_count < 0',
    ),
  ],
});
