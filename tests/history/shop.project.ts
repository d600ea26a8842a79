import {
  applicationClock,
  bigint,
  boolean,
  bucket,
  cursor,
  dataset,
  date,
  day,
  decimal,
  key,
  merge,
  pii,
  pipeline,
  postgres,
  project,
  references,
  source,
  text,
  timestamp,
  type2,
  unique,
} from '../../core/builders.ts';

/** Customers with history, the payments that mention them, a fact that joins the two by time, and a sum of it. */
const bronze = { source: postgres('shop'), extraction: cursor('updated_at', applicationClock({ lateness: '1 hour' })) };

export const bronzeCustomer = source({
  ...bronze,
  name: 'bronze.customer',
  description: 'Customers.',
  relation: 'customer',
  columns: { id: key(text()), segment: text(), country: text().nullable(), email: text(), updated_at: timestamp() },
});

export const bronzePayment = source({
  ...bronze,
  name: 'bronze.payment',
  description: 'Payments.',
  relation: 'payment',
  columns: {
    id: key(text()),
    customer_id: text().nullable(),
    amount: decimal(18, 2),
    paid_at: timestamp(),
    updated_at: timestamp(),
  },
});

export const customerVersion = dataset({
  name: 'silver.customer_version',
  description: 'Every version of every customer, deletions among them.',
  inputs: { raw: bronzeCustomer },
  sql: 'customer_version.sql',
  write: merge({ latestBy: 'changed_at', deletes: 'keep' }),
  partitionBy: bucket('customer_id', 4),
  columns: {
    customer_id: key(text()),
    changed_at: key(timestamp()),
    is_deleted: boolean(),
    segment: text(),
    country: text().nullable(),
    email: text(),
  },
});

export const payment = dataset({
  name: 'silver.payment',
  description: 'Payments, as they are now.',
  inputs: { raw: bronzePayment },
  sql: 'payment.sql',
  write: merge({ latestBy: 'updated_at' }),
  partitionBy: day('paid_on'),
  columns: {
    payment_id: key(text()),
    customer_id: text().nullable(),
    amount: decimal(18, 2),
    paid_on: date(),
    paid_at: timestamp(),
    updated_at: timestamp(),
  },
});

export const dimCustomer = dataset({
  name: 'gold.dim_customer',
  description: 'Customers with the history of segment and country.',
  inputs: { version: customerVersion, payment: payment.all() },
  sql: 'dim_customer.sql',
  partitionBy: bucket('customer_id', 4),
  history: type2({
    key: 'customer_id',
    at: 'changed_at',
    deleted: 'is_deleted',
    track: ['segment', 'country'],
    surrogate: 'customer_key',
    members: { payment: 'customer_id' },
  }),
  columns: {
    customer_id: pii.identifier().nullable(),
    segment: text(),
    country: text().nullable(),
    email: text().nullable(),
  },
  checks: [unique('customer_key')],
});

export const factPayment = dataset({
  name: 'gold.fact_payment',
  description: 'Payments with the customer as it was.',
  inputs: {
    payment,
    customer: dimCustomer.asOf({ on: { customer_id: 'customer_id' }, at: 'paid_at', validFrom: 'valid_from' }),
  },
  sql: 'fact_payment.sql',
  partitionBy: day('paid_on'),
  columns: {
    payment_id: key(text()),
    customer_id: text().nullable(),
    customer_key: references(dimCustomer, 'customer_key'),
    segment: text(),
    amount: decimal(18, 2),
    paid_on: date(),
    paid_at: timestamp(),
  },
});

export const dailySegment = dataset({
  name: 'gold.daily_segment',
  description: 'What each segment paid on a day.',
  inputs: { fact: factPayment },
  sql: 'daily_segment.sql',
  partitionBy: day('paid_on'),
  columns: { paid_on: key(date()), segment: key(text()), payments: bigint(), amount: decimal(38, 2) },
});

export const shop = project({
  name: 'shop',
  sqlFolder: 'sql',
  pipelines: [
    pipeline({
      name: 'nightly',
      description: 'All of it.',
      start: '2026-11-01',
      interval: 'day',
      datasets: [dimCustomer, factPayment, dailySegment],
    }),
  ],
});
