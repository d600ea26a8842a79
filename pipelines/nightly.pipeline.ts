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
import { factCustomerSegmentation } from '../models/gold/fact-customer-segmentation.ts';
import { factFraudAnalysis } from '../models/gold/fact-fraud-analysis.ts';
import { factPayment } from '../models/gold/fact-payment.ts';
import { factSession } from '../models/gold/fact-session.ts';
import { monthlyFraudStatistics } from '../models/gold/monthly-fraud-statistics.ts';
import { productPerformanceMetrics } from '../models/gold/product-performance-metrics.ts';
import { city } from '../models/silver/city.ts';
import { feeSchedule } from '../models/silver/fee-schedule.ts';
import { paymentStateChange } from '../models/silver/payment-state-change.ts';
import { product } from '../models/silver/product.ts';
import { productCategory } from '../models/silver/product-category.ts';
import { review } from '../models/silver/review.ts';
import { subscription } from '../models/silver/subscription.ts';

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
    factFraudAnalysis,
    factCustomerSegmentation,
    factSession,
    dailyRevenueByMerchant,
    monthlyFraudStatistics,
    productPerformanceMetrics,
    city,
    product,
    productCategory,
    feeSchedule,
    paymentStateChange,
    review,
    subscription,
  ],
  publish: { to: 'analytics' },
});
