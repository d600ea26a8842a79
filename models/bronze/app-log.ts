import { cursor, json, key, pii, source, text, timestamp } from '../../core/builders.ts';
import { app, appClock } from '../sources.ts';

/** Fields come in any type, so they are kept as JSON: silver decides what is valid. */
export const bronzeAppLog = source({
  name: 'bronze.app_log',
  description: 'Log documents of the database servers: a session with its lines.',
  owner: 'operations',
  source: app,
  relation: 'log',
  extraction: cursor('updated_at', appClock),
  sourceColumns: { id: '_id' },
  columns: {
    id: key(text()).describe('ObjectId, 24 hexadecimal digits'),
    query_id: json().nullable().describe('Number of the query'),
    user: pii.json('identifier').nullable().describe('Database user'),
    dbname: json().nullable().describe('Database'),
    pid: json().nullable().describe('Process'),
    remote_host: pii.json('ip').nullable().describe('Client: address and port'),
    session_id: json().nullable().describe('Session'),
    session_start: json().nullable().describe('Date or ISO 8601 string'),
    application_name: json().nullable().describe('Client program'),
    lines: pii.json('free_text').nullable().describe('[{timestamp, error_severity, state_code, message, statement}]'),
    updated_at: timestamp().describe('Last write, by the storage gateway'),
  },
});
