import { z } from 'zod';
import {
  applicationClock,
  cursor,
  dataset,
  date,
  day,
  decimal,
  key,
  merge,
  pipeline,
  postgres,
  project,
  source,
  text,
  timestamp,
} from '../../../core/builders.ts';

/** The smallest project in which everything happens: two sources, a merge with rates as of a day, a daily sum. */
const oltp = postgres('shop');
const clock = applicationClock({ lateness: '1 hour' });

const bronzeSale = source({
  name: 'bronze.sale',
  description: 'Sales as the shop had them.',
  source: oltp,
  relation: 'public.sale',
  extraction: cursor('updated_at', clock),
  columns: {
    id: key(text()),
    amount: decimal(18, 2),
    currency: text(),
    sold_at: timestamp(),
    updated_at: timestamp(),
  },
});

const bronzeRate = source({
  name: 'bronze.rate',
  description: 'Rates as the shop had them.',
  source: oltp,
  relation: 'public.rate',
  extraction: cursor('updated_at', clock),
  columns: { currency: key(text()), rate_date: key(date()), rate: decimal(18, 8), updated_at: timestamp() },
});

const rate = dataset({
  name: 'silver.rate',
  description: 'What a unit of a currency is worth in EUR, from a day on.',
  inputs: { raw: bronzeRate },
  columns: { currency: key(text()), rate_date: key(date()), rate: decimal(18, 8), updated_at: timestamp() },
  sql: 'rate.sql',
  write: merge({ latestBy: 'updated_at' }),
});

const sale = dataset({
  name: 'silver.sale',
  description: 'One row per sale, in its latest state; amounts also in EUR.',
  inputs: {
    raw: bronzeSale,
    rate: rate.asOf({ on: { currency: 'currency' }, at: 'sale_date', validFrom: 'rate_date' }),
  },
  columns: {
    id: key(text()),
    amount: decimal(18, 2),
    currency: z.enum(['EUR', 'USD']),
    amount_eur: decimal(18, 2).nullable(),
    sale_date: date(),
    sold_at: timestamp(),
    updated_at: timestamp(),
  },
  partitionBy: day('sale_date'),
  sql: 'sale.sql',
  write: merge({ latestBy: 'updated_at' }),
});

const dailySales = dataset({
  name: 'gold.daily_sales',
  description: 'Sales of a day.',
  inputs: { sale },
  columns: { sale_date: key(date()), sales: z.int(), amount_eur: decimal(38, 2).nullable() },
  partitionBy: day('sale_date'),
  sql: 'daily_sales.sql',
});

export default project({
  name: 'shop',
  sqlFolder: 'sql',
  pipelines: [
    pipeline({
      name: 'shop_daily',
      description: 'Sales to the warehouse.',
      start: '2026-01-01',
      interval: 'day',
      schedule: { cron: '0 2 * * *', timezone: 'UTC' },
      params: z.object({ note: z.string().default(''), fullRefresh: z.boolean().default(false) }),
      datasets: [dailySales],
      publish: { to: 'analytics' },
    }),
  ],
});
