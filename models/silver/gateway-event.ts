import { bigint, dataset, day, integer, rowCheck, text, timestamp, unique } from '../../core/builders.ts';
import { bronzeGatewayEvent } from '../bronze/gateway-event.ts';

const columns = {
  payment_id: text().describe('Payment (uuid)'),
  gateway: text().describe('Who told'),
  event_type: text().describe('authorisation, capture, decline or timeout'),
  response_code: text().nullable().describe('ISO 8583 code, two characters'),
  latency_ms: integer().nullable().describe('Time the gateway took'),
  message: text().nullable().describe('Its words'),
  occurred_at: timestamp().describe('By the clock of the gateway'),
  told_at: timestamp().describe('When it was written down'),
};

export const gatewayEvent = dataset({
  name: 'silver.gateway_event',
  description: 'One row for each thing that a card gateway told, however often it told it.',
  owner: 'payments',
  inputs: { raw: bronzeGatewayEvent },
  sql: 'silver/gateway_event.sql',
  partitionBy: day('told_at'),
  columns: { ...columns, times_told: bigint().describe('How often the gateway told it, to the letter') },
  checks: [
    rowCheck('type of event is known', "event_type IN ('authorisation', 'capture', 'decline', 'timeout')"),
    rowCheck('latency is not negative', 'latency_ms IS NULL OR latency_ms >= 0'),
    unique(...Object.keys(columns)),
  ],
});
