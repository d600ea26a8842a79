import { date, key, snapshot, source, text } from '../../core/builders.ts';
import { oltp } from '../sources.ts';

export const bronzePublicHoliday = source({
  name: 'bronze.public_holiday',
  description:
    'Public holidays by country: rows are deleted, and nobody stamps them, so the whole table is read each time.',
  owner: 'reference data',
  source: oltp,
  relation: 'public.public_holiday',
  extraction: snapshot(),
  columns: {
    country: key(text()).describe('ISO 3166 alpha-2'),
    holiday_date: key(date()).describe('Day'),
    name: text().describe('Local name'),
  },
});
