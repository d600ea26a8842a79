import { pipeline } from '../core/builders.ts';
import { customerSegmentationSummary } from '../models/gold/customer-segmentation-summary.ts';

/** On Monday, after the night that brought Sunday: who buys, who stays away. Reads what the nightly pipeline owns. */
export const weeklyCustomerSegmentation = pipeline({
  name: 'weekly_customer_segmentation',
  description: 'Segments of the customers by recency, frequency and money, into the warehouse.',
  start: '2026-10-26',
  interval: 'week',
  schedule: { cron: '0 6 * * 1', timezone: 'UTC' },
  datasets: [customerSegmentationSummary],
  publish: { to: 'analytics' },
});
