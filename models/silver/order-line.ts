import {
  dataset,
  date,
  day,
  decimal,
  integer,
  key,
  merge,
  rowCheck,
  text,
  timestamp,
  unique,
} from '../../core/builders.ts';
import { bronzeOrderLine } from '../bronze/order-line.ts';
import { exchangeRate } from './exchange-rate.ts';

export const orderLine = dataset({
  name: 'silver.order_line',
  description: 'What was bought with a payment, one row per line, the amount also in euros at the rate of the payment.',
  owner: 'payments',
  inputs: {
    raw: bronzeOrderLine,
    rate: exchangeRate.asOf({ on: { currency: 'currency' }, at: 'payment_date', validFrom: 'rate_date' }),
  },
  sql: 'silver/order_line.sql',
  write: merge({ latestBy: 'updated_at' }),
  // The day of the payment, so that lines lie in the same partition as what they belong to.
  partitionBy: day('payment_date'),
  columns: {
    payment_id: key(text()).describe('Payment (uuid)'),
    line_no: key(integer()).describe('Number of the line within the payment, from 1'),
    payment_event_time: timestamp().describe('Event time of that payment'),
    payment_date: date().describe('UTC day of `payment_event_time`'),
    product_id: text().describe('Product (uuid)'),
    quantity: integer().describe('Pieces'),
    unit_price: decimal(18, 2).describe('For one piece, in `currency`'),
    amount: decimal(18, 2).describe('Quantity times unit price, in `currency`'),
    currency: text().describe('Currency of the payment'),
    amount_eur: decimal(28, 2)
      .nullable()
      .describe('At the rate of the payment, rounded by line: lines may add up to some cents more or less than it'),
    updated_at: timestamp().describe('Last change'),
  },
  checks: [
    rowCheck('quantity is positive', 'quantity > 0'),
    rowCheck('amount is quantity times price', 'amount = quantity * unit_price'),
    unique('payment_id', 'line_no'),
  ],
});
