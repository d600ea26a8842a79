import { dataset, date, key, merge, text, unique } from '../../core/builders.ts';
import { bronzePublicHoliday } from '../bronze/public-holiday.ts';

export const publicHoliday = dataset({
  name: 'silver.public_holiday',
  description: 'One row per country and public holiday. Holidays that are called off are gone.',
  owner: 'reference data',
  inputs: { raw: bronzePublicHoliday },
  sql: 'silver/public_holiday.sql',
  // Nothing says when a row was changed: the last look wins.
  write: merge({ latestBy: 'holiday_date' }),
  columns: {
    country: key(text()).describe('ISO 3166 alpha-2'),
    holiday_date: key(date()).describe('The day'),
    name: text().describe('Name of the holiday'),
  },
  checks: [unique('country', 'holiday_date')],
});
