import { dataset, day, integer, key, merge, pii, rowCheck, text, timestamp, unique } from '../../core/builders.ts';
import { bronzeAppLog } from '../bronze/app-log.ts';

export const serverSession = dataset({
  name: 'silver.server_session',
  description:
    'One row per session at a database server, with what was logged of it. Documents that are not valid are quarantined.',
  owner: 'operations',
  inputs: { raw: bronzeAppLog },
  sql: 'silver/server_session.sql',
  write: merge({ latestBy: 'updated_at' }),
  partitionBy: day('logged_at'),
  columns: {
    document_id: key(text()).describe('ObjectId of the document'),
    session_id: text().nullable().describe('Session, as the server counts them: not unique'),
    session_start: timestamp().nullable().describe('When it began; null when the document does not say'),
    user_name: pii.identifier().nullable().describe('Database user'),
    database_name: text().nullable().describe('Database'),
    remote_host: pii.ip().nullable().describe('Client: address and port, or [local]'),
    application_name: text().nullable().describe('Client program'),
    line_count: integer().describe('Lines that were logged'),
    lines: pii.json('free_text').nullable().describe('The lines, as a list'),
    logged_at: timestamp().describe('When the document was made, by its ObjectId'),
    updated_at: timestamp().describe('Last write of the document'),
  },
  checks: [rowCheck('lines are missing or a list', 'line_count IS NOT NULL'), unique('document_id')],
});
