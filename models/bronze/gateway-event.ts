import { cursor, integer, source, text, timestamp } from '../../core/builders.ts';
import { oltp, oltpClock } from '../sources.ts';

export const bronzeGatewayEvent = source({
  name: 'bronze.gateway_event',
  description: 'What the card gateways told: append-only, without a key; a line that is there twice was told twice.',
  owner: 'payments',
  source: oltp,
  relation: 'public.gateway_event',
  extraction: cursor('updated_at', oltpClock),
  columns: {
    transaction_id: text().describe('Payment (uuid)'),
    gateway: text().describe('Who told'),
    event_type: text().describe('authorisation, capture, decline or timeout'),
    response_code: text().nullable().describe('ISO 8583 code, two characters'),
    latency_ms: integer().nullable().describe('Time the gateway took'),
    message: text().nullable().describe('Its words'),
    occurred_at: timestamp().describe('By the clock of the gateway'),
    updated_at: timestamp().describe('When it was written'),
  },
});
