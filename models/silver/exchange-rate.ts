import { dataset, date, decimal, key, merge, rowCheck, text, timestamp, unique } from '../../core/builders.ts';
import { bronzeExchangeRate } from '../bronze/exchange-rate.ts';

export const exchangeRate = dataset({
  name: 'silver.exchange_rate',
  description: 'One row per currency and day, as last corrected. A rate is valid until the next one of its currency.',
  owner: 'treasury',
  inputs: { raw: bronzeExchangeRate },
  sql: 'silver/exchange_rate.sql',
  write: merge({ latestBy: 'updated_at' }),
  columns: {
    currency: key(text()).describe('ISO 4217 code; never EUR'),
    rate_date: key(date()).describe('First day on which the rate is valid'),
    rate_to_eur: decimal(18, 8).describe('Euros for one unit of the currency'),
    updated_at: timestamp().describe('When it was published or corrected'),
  },
  checks: [rowCheck('rate is positive', 'rate_to_eur > 0'), unique('currency', 'rate_date')],
});
