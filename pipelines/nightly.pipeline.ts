import { pipeline } from '../core/builders.ts';
import { dailyRevenueByMerchant } from '../models/gold/daily-revenue-by-merchant.ts';
import { dimCountry } from '../models/gold/dim-country.ts';
import { dimCurrency } from '../models/gold/dim-currency.ts';
import { dimCustomer } from '../models/gold/dim-customer.ts';
import { dimDate } from '../models/gold/dim-date.ts';
import { dimDevice } from '../models/gold/dim-device.ts';
import { dimIndustry } from '../models/gold/dim-industry.ts';
import { dimMerchant } from '../models/gold/dim-merchant.ts';
import { dimPaymentMethod } from '../models/gold/dim-payment-method.ts';
import { dimRegion } from '../models/gold/dim-region.ts';
import { factPayment } from '../models/gold/fact-payment.ts';
import { paymentStateChange } from '../models/silver/payment-state-change.ts';
import { review } from '../models/silver/review.ts';
import { session } from '../models/silver/session.ts';

/** Yesterday of both systems, into the warehouse by the time the analysts come. */
export const nightly = pipeline({
  name: 'daily_oltp_to_olap',
  description: 'Payments database and document store to bronze, silver, gold and the warehouse.',
  start: '2026-11-01',
  interval: 'day',
  schedule: { cron: '0 2 * * *', timezone: 'UTC' },
  datasets: [
    dimDate,
    dimRegion,
    dimCountry,
    dimCurrency,
    dimPaymentMethod,
    dimDevice,
    dimIndustry,
    dimCustomer,
    dimMerchant,
    factPayment,
    dailyRevenueByMerchant,
    paymentStateChange,
    review,
    session,
  ],
  publish: { to: 'analytics' },
});
