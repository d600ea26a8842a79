import { type View, view } from '../../core/builders.ts';
import { dimDate } from '../gold/dim-date.ts';

/** dim_date in a role of its own: two dates of one fact can be joined without telling their columns apart by hand. */
const role = (name: string, of: string): View =>
  view({
    name: `dim_${name}_date`,
    description: `dim_date in the role of the day ${of}.`,
    tables: [dimDate],
    sql: `views/dim_${name}_date.sql`,
    describe: {
      [`${name}_date_key`]: `The day ${of}: yyyymmdd as a number; -1 unknown, -2 not applicable`,
      [`${name}_date`]: `The day ${of}`,
      [`${name}_year`]: 'Its year',
      [`${name}_quarter`]: 'Its quarter, 1 to 4',
      [`${name}_month`]: 'Its month, 1 to 12',
      [`${name}_iso_year`]: 'Year of its ISO week',
      [`${name}_iso_week`]: 'Its ISO week, 1 to 53',
      [`${name}_is_weekend`]: 'Saturday or Sunday',
    },
  });

export const dateRoles: readonly View[] = [
  role('event', 'on which the customer paid'),
  role('created', 'on which the payment reached us'),
  role('refund', 'on which money was paid back'),
  role('session', 'on which a session began'),
];
