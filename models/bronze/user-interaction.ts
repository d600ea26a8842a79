import { cursor, json, key, pii, source, text, timestamp } from '../../core/builders.ts';
import { app, appClock } from '../sources.ts';

/** Fields come in any type, so they are kept as JSON: silver decides what is valid. */
export const bronzeUserInteraction = source({
  name: 'bronze.user_interaction',
  description: 'Session documents of the web shop: device, place and clickstream.',
  owner: 'web shop',
  source: app,
  relation: 'user_interaction',
  extraction: cursor('updated_at', appClock),
  sourceColumns: { id: '_id', duration: 'sessionDuration', is_active: 'isActive' },
  columns: {
    id: key(text()).describe('ObjectId, 24 hexadecimal digits'),
    session_id: json().nullable().describe('Session: uuid string'),
    session_start: json().nullable().describe('Date or ISO 8601 string'),
    device: json().nullable().describe('{type, os, osVersion, browser, browserVersion}'),
    location: pii.json('ip').nullable().describe('{ip, country, city}'),
    events: pii.json('free_text').nullable().describe('Clickstream; form fields hold what people typed'),
    duration: json().nullable().describe('Seconds, as any number type or string'),
    is_active: json().nullable().describe('Boolean, or the strings "true" and "false"'),
    updated_at: timestamp().describe('Last write, by the storage gateway'),
  },
});
