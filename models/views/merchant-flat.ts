import { view } from '../../core/builders.ts';
import { dimCountry } from '../gold/dim-country.ts';
import { dimIndustry } from '../gold/dim-industry.ts';
import { dimLocation } from '../gold/dim-location.ts';
import { dimMerchant } from '../gold/dim-merchant.ts';
import { dimRegion } from '../gold/dim-region.ts';

export const merchantFlat = view({
  name: 'merchant_flat',
  description: 'Merchants with industry, city, country and region beside them: one row per merchant and span of time.',
  tables: [dimMerchant, dimIndustry, dimLocation, dimCountry, dimRegion],
  sql: 'views/merchant_flat.sql',
  describe: {
    merchant_name: 'Trade name; the newest in every row',
    merchant_industry: 'Retail, Travel, Food, Software, Gaming or Health',
    merchant_size: 'Small, Medium or Large',
    merchant_city: 'City of the merchant',
    merchant_country_code: 'Country of the merchant, ISO 3166 alpha-2',
    merchant_country: 'Country of the merchant, English name',
    merchant_region: 'Part of the world of that country',
  },
});
