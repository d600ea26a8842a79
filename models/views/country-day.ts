import { view } from '../../core/builders.ts';
import { dimCountry } from '../gold/dim-country.ts';
import { dimDate } from '../gold/dim-date.ts';
import { dimHoliday } from '../gold/dim-holiday.ts';

export const countryDay = view({
  name: 'country_day',
  description: 'One row per country and day of dim_date: whether it is a holiday or a working day there.',
  tables: [dimDate, dimCountry, dimHoliday],
  sql: 'views/country_day.sql',
  describe: {
    is_holiday: 'Public holiday in the country',
    holiday_name: 'Name of the holiday; null on other days',
    is_working_day: 'Neither a weekend nor a holiday',
  },
});
