import {
  boolean,
  dataset,
  day,
  decimal,
  json,
  key,
  merge,
  rowCheck,
  text,
  timestamp,
  unique,
} from '../../core/builders.ts';
import { bronzeAppTransaction } from '../bronze/app-transaction.ts';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

export const scoredPayment = dataset({
  name: 'silver.scored_payment',
  description:
    'One row per payment of which the shop keeps a copy: how suspicious it was found last. Copies that are not valid are quarantined.',
  owner: 'fraud',
  inputs: { raw: bronzeAppTransaction },
  sql: 'silver/scored_payment.sql',
  write: merge({ latestBy: 'precedence' }),
  // Stays the same when a score is written, days later.
  partitionBy: day('copied_at'),
  columns: {
    payment_id: key(text()).describe('Payment (uuid, lower case)'),
    anomaly_score: decimal(9, 6).nullable().describe('0 to 1; null before it is scored'),
    is_fraud: boolean().nullable().describe('What the model says'),
    anomaly_reasons: json().nullable().describe('Why, as a list; null where the shop scored by itself'),
    scored_by: text().nullable().describe('Name and version of the model; null where the shop scored by itself'),
    copied_at: timestamp().describe('When the copy was made, by its ObjectId'),
    document_id: text().describe('ObjectId of the document'),
    precedence: text().describe('Of several documents the greatest wins: last write, then document id'),
    updated_at: timestamp().describe('Last write of the document'),
  },
  checks: [
    rowCheck('payment id is a uuid', `regexp_full_match(payment_id, '${UUID}')`),
    rowCheck('score is missing or 0 to 1', 'anomaly_score IS NULL OR anomaly_score BETWEEN 0 AND 1'),
    unique('payment_id'),
  ],
});
