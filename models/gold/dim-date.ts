import { audit, boolean, dataset, date, integer, key, text } from '../../core/builders.ts';
import { dimensionChecks } from './dimension.checks.ts';

export const dimDate = dataset({
  name: 'gold.dim_date',
  description: 'One row per day from 2020 to 2035, and the members for unknown (-1) and not applicable (-2).',
  owner: 'analytics',
  inputs: {},
  sql: 'dimensions/dim_date.sql',
  columns: {
    date_key: key(integer()).describe('yyyymmdd as a number; -1 unknown, -2 not applicable'),
    full_date: date().nullable().describe('The day'),
    year: integer().nullable().describe('2026'),
    quarter: integer().nullable().describe('1 to 4'),
    month: integer().nullable().describe('1 to 12'),
    month_name: text().describe('November'),
    day_of_month: integer().nullable().describe('1 to 31'),
    day_of_week: integer().nullable().describe('1 (Monday) to 7 (Sunday)'),
    day_name: text().describe('Monday'),
    iso_year: integer().nullable().describe('Year of the ISO week'),
    iso_week: integer().nullable().describe('ISO week, 1 to 53'),
    week_start: date().nullable().describe('Monday of the week'),
    month_start: date().nullable().describe('First day of the month'),
    is_weekend: boolean().nullable().describe('Saturday or Sunday'),
  },
  checks: [
    ...dimensionChecks('date_key'),
    audit('no day is missing', 'SELECT count(*) AS days FROM {{this}} WHERE date_key > 0 HAVING count(*) <> 5844'),
  ],
});
