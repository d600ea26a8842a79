import { view } from '../../core/builders.ts';
import { dimCountry } from '../gold/dim-country.ts';
import { dimCustomer } from '../gold/dim-customer.ts';
import { dimLocation } from '../gold/dim-location.ts';
import { dimRegion } from '../gold/dim-region.ts';

export const customerFlat = view({
  name: 'customer_flat',
  description: 'Customers with city, country and region beside them: one row per customer and span of time.',
  tables: [dimCustomer, dimLocation, dimCountry, dimRegion],
  sql: 'views/customer_flat.sql',
  describe: {
    customer_segment: 'Standard, Premium or Business',
    customer_city: 'Home city',
    customer_country_code: 'Home country, ISO 3166 alpha-2',
    customer_country: 'Home country, English name',
    customer_region: 'Part of the world of that country',
  },
});
