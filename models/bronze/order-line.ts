import { cursor, decimal, integer, key, source, text, timestamp } from '../../core/builders.ts';
import { oltp, oltpClock } from '../sources.ts';

export const bronzeOrderLine = source({
  name: 'bronze.order_line',
  description: 'What was bought with a payment; most payments have one to four lines that add up to their amount.',
  owner: 'payments',
  source: oltp,
  relation: 'public.order_line',
  extraction: cursor('updated_at', oltpClock),
  columns: {
    transaction_id: key(text()).describe('Payment (uuid)'),
    transaction_event_time: timestamp().describe('Event time of that payment'),
    line_no: key(integer()).describe('From 1'),
    product_id: text().describe('Product (uuid)'),
    quantity: integer().describe('Pieces'),
    unit_price: decimal(18, 2).describe('Charged for a piece'),
    amount: decimal(18, 2).describe('`quantity` times `unit_price`'),
    currency: text().describe('Currency of the payment'),
    updated_at: timestamp().describe('When it was written'),
  },
});
