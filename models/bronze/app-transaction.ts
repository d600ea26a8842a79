import { cursor, json, key, pii, source, text, timestamp } from '../../core/builders.ts';
import { app, appClock } from '../sources.ts';

/** Fields come in any type, so they are kept as JSON: silver decides what is valid. */
export const bronzeAppTransaction = source({
  name: 'bronze.app_transaction',
  description: 'The scored copies of payments: the fraud model writes its scores back here.',
  owner: 'fraud',
  source: app,
  relation: 'transaction',
  extraction: cursor('updated_at', appClock),
  sourceColumns: {
    ...{ id: '_id', anomaly_score: 'anomalyScore', is_fraud: 'isFraud' },
    ...{ anomaly_reasons: 'anomalyReasons', scored_by: 'scoredBy' },
  },
  columns: {
    id: key(text()).describe('ObjectId, 24 hexadecimal digits'),
    transaction_id: json().nullable().describe('Payment: uuid string'),
    merchant: json().nullable().describe('{id, name}'),
    amount: json().nullable().describe('In `currency`, as any number type or string'),
    currency: json().nullable().describe('ISO 4217 code'),
    method: json().nullable().describe('Payment method'),
    device: json().nullable().describe('mobile, desktop or tablet'),
    customer_email: pii.json('email').nullable().describe('As typed'),
    ip_address: pii.json('ip').nullable().describe('Address the payment was made from'),
    transaction_city: json().nullable().describe('City of the IP address'),
    transaction_country: json().nullable().describe('Country of the IP address'),
    billing_city: pii.json('address').nullable().describe('Billing address: city'),
    billing_country: json().nullable().describe('Billing address: country'),
    anomaly_score: json().nullable().describe('0 to 1; missing before it is scored'),
    is_fraud: json().nullable().describe('What the model says: boolean'),
    anomaly_reasons: json().nullable().describe('Why, as a list; missing where the shop scored by itself'),
    scored_by: json().nullable().describe('Name and version of the model; missing where the shop scored by itself'),
    timestamp: json().nullable().describe('When the customer paid: date or ISO 8601 string'),
    updated_at: timestamp().describe('Last write, by the storage gateway'),
  },
});
