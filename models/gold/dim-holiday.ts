import { dataset, date, key, references, text, unique } from '../../core/builders.ts';
import { publicHoliday } from '../silver/public-holiday.ts';
import { dimCountry } from './dim-country.ts';
import { dimDate } from './dim-date.ts';

/** A day is a holiday somewhere: a bridge between days and countries, so that new countries need no new columns. */
export const dimHoliday = dataset({
  name: 'gold.dim_holiday',
  description:
    'One row per country and public holiday: joined by day and country, a row means holiday, none means none.',
  owner: 'analytics',
  inputs: { holiday: publicHoliday },
  sql: 'dimensions/dim_holiday.sql',
  columns: {
    country_key: key(references(dimCountry, 'country_key')).describe('Country that has the holiday, in dim_country'),
    date_key: key(references(dimDate, 'date_key')).describe('The day, in dim_date'),
    holiday_date: date().describe('The day'),
    country_code: text().describe('ISO 3166 alpha-2'),
    holiday_name: text().describe('Name of the holiday in that country'),
  },
  checks: [unique('country_key', 'date_key')],
});
