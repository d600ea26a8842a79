import type { CopyValue } from './copy-text.ts';
import type { Payment } from './payment.ts';
import { hashOf } from './random.ts';
import { isoOf, type Micros } from './simulated-time.ts';
import { STREAM, type World } from './world.ts';

export const GATEWAY_EVENT_COLUMNS = [
  ...['transaction_id', 'gateway', 'event_type', 'response_code', 'latency_ms', 'message', 'occurred_at', 'updated_at'],
];

const GATEWAYS = ['acquirer-eu', 'acquirer-us', 'wallet "hub"'] as const;
const TIMEOUT_MILLIS = 30_000;

/** What the gateways told about a payment that did not go by bank transfer; in three of a hundred cases twice, to the letter. */
export function gatewayEvents(world: World, day: number, index: number, made: Payment, dayEnd: Micros): CopyValue[][] {
  const settled = made.life[0]?.move;
  if (made.method === 'Bank Transfer' || !settled) return [];
  const word = hashOf(world.seed, STREAM.gateway, day, index);
  const gateway = GATEWAYS[word % GATEWAYS.length]!;
  const latency = 40 + ((word >>> 4) % 400);
  const told: Told = { made, gateway, dayEnd };
  const failed = settled.to === 'failed';
  const events = failed
    ? [event(told, 'decline', (word >>> 9) % 2 === 0 ? '51' : '05', latency, 'do not honour;\n"51"')]
    : [event(told, 'authorisation', '00', latency, null)];
  const chance = (word >>> 16) % 100;
  if (chance === 0) events.unshift(event(told, 'timeout', null, TIMEOUT_MILLIS, null));
  if (chance > 0 && chance < 4) events.push(events[0]!);
  return events;
}

interface Told {
  readonly made: Payment;
  readonly gateway: string;
  readonly dayEnd: Micros;
}

function event(told: Told, type: string, code: string | null, millis: number, message: string | null): CopyValue[] {
  const { made, gateway, dayEnd } = told;
  const writtenAt = isoOf(Math.min(dayEnd - 1, made.createdAt + millis * 1000));
  return [made.id, gateway, type, code, millis, message, isoOf(made.createdAt), writtenAt];
}
