import { pipeline, project } from '../../core/builders.ts';
import type { Retraining } from '../../core/retraining.ts';
import { fraudLabel } from '../../models/features/fraud-label.ts';
import { paymentFraud as features } from '../../models/features/payment-fraud.ts';
import { paymentFraud } from '../../models/fraud/payment-fraud.ts';
import { SHIFT } from './shift.days.ts';

/** The shipped model on shorter windows, so that two trainings fit into an evening; a person decides. */
const retrained: Retraining = {
  ...paymentFraud,
  days: SHIFT.windows,
  policy: {
    ...paymentFraud.policy,
    leastPositives: 20,
    approval: { by: 'person', within: '1 hour', otherwise: 'reject' },
  },
  monitoring: { every: '2 seconds', for: '4 seconds', mostLoss: 0.05 },
  scoring: paymentFraud.scoring && { ...paymentFraud.scoring, days: SHIFT.scored },
  notify: undefined,
  after: undefined,
};

/** What the demo's second act serves: the shipped features, labels and model, and nothing else of the company. */
export default project({
  name: 'payments_shift',
  pipelines: [
    pipeline({
      name: 'fraud_features',
      description: 'Payments and disputes to the features of the fraud model.',
      start: SHIFT.launch,
      interval: 'day',
      datasets: [fraudLabel, features],
    }),
  ],
  retrainings: [retrained],
  sqlFolder: '../../warehouse-sql',
});
