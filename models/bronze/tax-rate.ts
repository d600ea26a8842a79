import { date, decimal, key, snapshot, source, text } from '../../core/builders.ts';
import { oltp } from '../sources.ts';

export const bronzeTaxRate = source({
  name: 'bronze.tax_rate',
  description: 'Value added tax by country: nobody stamps its rows, so the whole table is read each time.',
  owner: 'tax',
  source: oltp,
  relation: 'public.tax_rate',
  extraction: snapshot(),
  columns: {
    country: key(text()).describe('ISO 3166 alpha-2'),
    kind: key(text()).describe('standard or reduced'),
    rate: decimal(6, 4).describe('Share of the net price: 0.2000 is 20 %'),
    valid_from: key(date()).describe('First day of the rate'),
  },
});
