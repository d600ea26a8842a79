import { boolean, dataset, date, day, key, merge, text, timestamp, unique } from '../../core/builders.ts';
import { bronzeDispute } from '../bronze/dispute.ts';

export const fraudLabel = dataset({
  name: 'feature.fraud_label',
  description:
    'One row per dispute with the moment from which its reason is known: the delayed fraud label. A payment without a row is not known to be fraud, which means little before its disputes had time to come.',
  owner: 'fraud',
  inputs: { raw: bronzeDispute },
  sql: 'features/fraud_label.sql',
  // Nothing here changes when a dispute is won or lost, so that no feature of an old day becomes stale by it.
  write: merge({ latestBy: 'known_at' }),
  // The day of knowing: what is known today touches the features from today on, whenever the payment was.
  partitionBy: day('known_date'),
  columns: {
    dispute_id: key(text()).describe('Dispute (uuid)'),
    payment_id: text().describe('Payment (uuid)'),
    payment_event_time: timestamp().describe('When the customer paid'),
    is_fraud: boolean().describe('The card holder says that it was somebody else'),
    known_at: timestamp().describe('When the dispute reached us'),
    known_date: date().describe('UTC day of `known_at`'),
  },
  checks: [unique('dispute_id')],
});
