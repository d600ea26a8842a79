import { cursor, date, decimal, key, source, text, timestamp } from '../../core/builders.ts';
import { oltp, oltpClock } from '../sources.ts';

export const bronzeExchangeRate = source({
  name: 'bronze.exchange_rate',
  description: 'Daily rates to the euro, corrections included.',
  owner: 'treasury',
  source: oltp,
  relation: 'public.exchange_rate',
  extraction: cursor('updated_at', oltpClock),
  columns: {
    currency: key(text()).describe('ISO 4217 code; never EUR'),
    rate_date: key(date()).describe('Day of the rate; none on Saturdays and Sundays'),
    rate_to_eur: decimal(18, 8).describe('Euros for one unit of the currency'),
    updated_at: timestamp().describe('When it was published or corrected'),
  },
});
