import { project } from '../core/builders.ts';
import { paymentFraud } from '../models/fraud/payment-fraud.ts';
import { nightly } from '../pipelines/nightly.pipeline.ts';
import { weeklyCustomerSegmentation } from '../pipelines/weekly-customer-segmentation.pipeline.ts';

/** The project that ships with Strata: a payments company. */
export default project({
  name: 'payments',
  pipelines: [nightly, weeklyCustomerSegmentation],
  retrainings: [paymentFraud],
  sqlFolder: 'warehouse-sql',
});
