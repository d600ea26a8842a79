import {
  bigint,
  boolean,
  dataset,
  day,
  integer,
  key,
  merge,
  month,
  source,
  text,
  timestamp,
  whole,
} from '../../core/builders.ts';
import type { DerivedDataset } from '../../core/dataset.ts';
import { ownedBy } from '../../core/graph.ts';
import { pipeline } from '../../core/pipeline.ts';
import { applicationClock, cursor, postgres, snapshot } from '../../core/source.ts';

/** How late, in seconds, a row may appear under its `updated_at`. */
export const LATENESS_SECONDS = 6 * 3600;

const oltp = postgres('oltp');
const byCursor = cursor('updated_at', applicationClock({ lateness: '6 hours' }));

export const bronzePayment = source({
  name: 'bronze.payment',
  description: 'Documents about payments; several may claim one payment',
  source: oltp,
  relation: 'payment',
  extraction: byCursor,
  columns: {
    doc: key(text()),
    id: text(),
    event_time: timestamp(),
    currency: text(),
    merchant: text(),
    amount: integer(),
    bad: boolean(),
    updated_at: timestamp(),
  },
});

export const bronzeRate = source({
  name: 'bronze.rate',
  description: 'Rates, corrected now and then',
  source: oltp,
  relation: 'rate',
  extraction: byCursor,
  columns: { currency: key(text()), valid_from: key(timestamp()), rate: integer(), updated_at: timestamp() },
});

export const bronzeMerchant = source({
  name: 'bronze.merchant',
  description: 'Merchants, read as a whole: changed back, deleted, inserted again; their own time may go back',
  source: oltp,
  relation: 'merchant',
  extraction: snapshot({ holdAbove: 1 }),
  columns: { id: key(text()), name: text(), updated_at: timestamp() },
});

export const rate = dataset({
  name: 'silver.rate',
  description: 'Latest rate per currency and start',
  inputs: { raw: bronzeRate },
  write: merge({ latestBy: 'updated_at' }),
  sql: 'rate.sql',
  columns: { currency: key(text()), valid_from: key(timestamp()), rate: integer(), updated_at: timestamp() },
});

export const merchant = dataset({
  name: 'silver.merchant',
  description: 'Merchants as last seen',
  inputs: { raw: bronzeMerchant },
  write: merge({ latestBy: 'updated_at' }),
  sql: 'merchant.sql',
  columns: { id: key(text()), name: text(), updated_at: timestamp() },
});

const asOfRate = rate.asOf({ on: { currency: 'currency' }, at: 'event_time', validFrom: 'valid_from' });

export const payment = dataset({
  name: 'silver.payment',
  description: 'Latest state per payment, in euros',
  inputs: { raw: bronzePayment, rate: asOfRate },
  write: merge({ latestBy: 'updated_at' }),
  partitionBy: day('event_time'),
  sql: 'payment.sql',
  columns: {
    id: key(text()),
    event_time: timestamp(),
    currency: text(),
    merchant: text(),
    amount: integer(),
    eur: integer(),
    code: integer(),
    updated_at: timestamp(),
  },
});

export const fact = dataset({
  name: 'gold.fact',
  description: 'Payments with their merchant and the rate of their day',
  inputs: { payment, merchant, rate: asOfRate },
  partitionBy: day('event_time'),
  sql: 'fact.sql',
  columns: {
    id: key(text()),
    event_time: timestamp(),
    currency: text(),
    merchant: text(),
    name: text(),
    eur: integer(),
    rate: integer(),
    code: integer(),
  },
});

export const rolling = dataset({
  name: 'gold.rolling',
  description: 'Euros of a day and the day before',
  inputs: { fact: fact.window('1 day') },
  partitionBy: day('day'),
  sql: 'rolling.sql',
  columns: { day: key(timestamp()), total: bigint() },
});

export const monthly = dataset({
  name: 'gold.monthly',
  description: 'Payments of a month by merchant name',
  inputs: { fact },
  partitionBy: month('month'),
  sql: 'monthly.sql',
  columns: { month: key(timestamp()), name: key(text()), payments: bigint(), total: bigint() },
});

export const total = dataset({
  name: 'gold.total',
  description: 'Everything, once',
  inputs: { monthly: monthly.all() },
  partitionBy: whole(),
  sql: 'total.sql',
  columns: { payments: bigint(), total: bigint() },
});

export const PROJECT = {
  name: 'toy',
  sqlFolder: 'sql',
  pipelines: [
    pipeline({
      name: 'nightly',
      description: 'All of it',
      start: '2026-10-30',
      interval: 'day',
      datasets: [rolling, total],
    }),
  ],
};

export const PART = ownedBy(PROJECT, 'nightly');
export const ALL = [...PART.sources, ...PART.derived];
/** Of what code changes in a schedule. */
export const CODED: readonly DerivedDataset[] = [payment, fact];

export const hashOf = (dataset: string, code: number): string => `${dataset}#${code}`;
export const codeOf = (hash: string): number => Number(hash.slice(hash.indexOf('#') + 1));
