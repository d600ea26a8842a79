import { view } from '../../core/builders.ts';
import { dimCountry } from '../gold/dim-country.ts';
import { dimCustomer } from '../gold/dim-customer.ts';
import { dimDate } from '../gold/dim-date.ts';
import { dimDevice } from '../gold/dim-device.ts';
import { dimIndustry } from '../gold/dim-industry.ts';
import { dimLocation } from '../gold/dim-location.ts';
import { dimMerchant } from '../gold/dim-merchant.ts';
import { dimPaymentMethod } from '../gold/dim-payment-method.ts';
import { dimRegion } from '../gold/dim-region.ts';
import { factPayment } from '../gold/fact-payment.ts';

export const paymentFlat = view({
  name: 'payment_flat',
  description:
    'Payments with everything about them beside them: customer and merchant as they were when the customer paid.',
  tables: [
    factPayment,
    dimDate,
    dimCustomer,
    dimMerchant,
    dimIndustry,
    dimLocation,
    dimCountry,
    dimRegion,
    dimPaymentMethod,
    dimDevice,
  ],
  sql: 'views/payment_flat.sql',
  describe: {
    event_year: 'Year of the payment',
    event_quarter: 'Its quarter, 1 to 4',
    event_month: 'Its month, 1 to 12',
    event_iso_year: 'Year of its ISO week',
    event_iso_week: 'Its ISO week, 1 to 53',
    event_is_weekend: 'Paid on a Saturday or Sunday, UTC',
    customer_segment: 'Segment of the customer then: Standard, Premium or Business',
    customer_country_code: 'Home country of the customer then, ISO 3166 alpha-2',
    customer_country: 'Home country of the customer then, English name',
    merchant_name: 'Trade name of the merchant now',
    merchant_industry: 'Industry of the merchant then',
    merchant_size: 'Size of the merchant then: Small, Medium or Large',
    merchant_country_code: 'Country of the merchant then, ISO 3166 alpha-2',
    merchant_country: 'Country of the merchant then, English name',
    merchant_region: 'Part of the world of that country',
    location_city: 'City of the IP address',
    location_country_code: 'Country of the IP address, ISO 3166 alpha-2',
    location_country: 'Country of the IP address, English name',
  },
});
