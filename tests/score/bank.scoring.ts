import type { Scoring } from '../../core/scoring.ts';
import { fraud } from '../retrain/bank/project.ts';

/** The bank's scoring, with rules that fire on the amounts it has. */
export const scoring: Scoring = {
  ...fraud.scoring!,
  rules: [
    { name: 'small change', sql: 'amount < 1', says: 'allow' },
    { name: 'huge amount', sql: 'amount > 90', says: 'alert' },
  ],
};
