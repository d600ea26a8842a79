import { pipeline, project } from '../../core/builders.ts';
import { dailyRevenueByMerchant } from '../../models/gold/daily-revenue-by-merchant.ts';
import { dimCountry } from '../../models/gold/dim-country.ts';
import { dimCurrency } from '../../models/gold/dim-currency.ts';
import { dimCustomer } from '../../models/gold/dim-customer.ts';
import { dimDate } from '../../models/gold/dim-date.ts';
import { dimDevice } from '../../models/gold/dim-device.ts';
import { dimIndustry } from '../../models/gold/dim-industry.ts';
import { dimLocation } from '../../models/gold/dim-location.ts';
import { dimMerchant } from '../../models/gold/dim-merchant.ts';
import { dimPaymentMethod } from '../../models/gold/dim-payment-method.ts';
import { dimRegion } from '../../models/gold/dim-region.ts';
import { factPayment } from '../../models/gold/fact-payment.ts';
import { factRefund } from '../../models/gold/fact-refund.ts';
import { factRevenue } from '../../models/gold/fact-revenue.ts';
import { factReview } from '../../models/gold/fact-review.ts';
import { factSession } from '../../models/gold/fact-session.ts';
import { nightly } from '../../pipelines/nightly.pipeline.ts';

/** The shipped pipeline without what stands beside payments, reviews and sessions: both sources, every layer, half the work. */
export default project({
  name: 'payments',
  pipelines: [
    pipeline({
      name: nightly.name,
      description: nightly.description,
      start: nightly.start,
      interval: nightly.grain,
      datasets: [
        dimDate,
        dimCountry,
        dimCustomer,
        dimMerchant,
        dimCurrency,
        dimDevice,
        dimIndustry,
        dimLocation,
        dimPaymentMethod,
        dimRegion,
        factPayment,
        factRefund,
        factRevenue,
        factReview,
        factSession,
        dailyRevenueByMerchant,
      ],
      ...(nightly.params && { params: nightly.params }),
      publish: { to: 'analytics' },
    }),
  ],
  sqlFolder: '../../warehouse-sql',
});
