import { boolean, dataset, day, integer, key, pii, rowCheck, text, timestamp, unique } from '../../core/builders.ts';
import { serverSession } from './server-session.ts';

export const serverLogLine = dataset({
  name: 'silver.server_log_line',
  description: 'One row per line in the logs of the database servers.',
  owner: 'operations',
  inputs: { session: serverSession },
  sql: 'silver/server_log_line.sql',
  partitionBy: day('logged_at'),
  columns: {
    document_id: key(text()).describe('ObjectId of the document of its session'),
    line_no: key(integer()).describe('Place in the session, from 1 on'),
    written_at: timestamp().nullable().describe('When it was written; null when the line does not say'),
    user_name: pii.identifier().nullable().describe('Database user'),
    database_name: text().nullable().describe('Database'),
    application_name: text().nullable().describe('Client program'),
    severity: text().describe('LOG, WARNING, ERROR, FATAL, PANIC ...'),
    is_error: boolean().describe('ERROR, FATAL or PANIC'),
    state_code: text().nullable().describe('SQLSTATE, five characters'),
    message: pii.freeText().nullable().describe('What the server said'),
    statement: pii.freeText().nullable().describe('The statement it was about'),
    logged_at: timestamp().describe('When the document was made, by its ObjectId'),
  },
  checks: [
    rowCheck('severity is there', "severity <> ''"),
    rowCheck('state code has five characters', "state_code IS NULL OR regexp_full_match(state_code, '[0-9A-Z]{5}')"),
    unique('document_id', 'line_no'),
  ],
});
