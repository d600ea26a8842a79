import { BSON, type Db } from 'mongodb';
import { instantValue } from './document-values.ts';
import { type OracleDocuments, provenance, textOf, winners } from './documents.oracle.ts';
import { madeAt } from './score.oracle.ts';

type Row = Record<string, string | null>;

export interface ServerLog {
  readonly session: Row;
  readonly lines: readonly Row[];
}

const ERRORS = ['ERROR', 'FATAL', 'PANIC'];

/** Valid log documents as they stand now: each a session with its lines, every value as text. */
export function oracleServerLogs(db: Db): Promise<OracleDocuments<ServerLog>> {
  return winners(db, 'log', (document) => {
    const { lines } = document;
    if (lines !== undefined && lines !== null && !Array.isArray(lines)) return null;
    const { document_id, updated_at } = provenance(document);
    const shared = {
      document_id,
      user_name: textOf(document, 'user'),
      database_name: textOf(document, 'dbname'),
      application_name: textOf(document, 'application_name'),
      logged_at: madeAt(document),
    };
    const session = {
      ...shared,
      session_id: textOf(document, 'session_id'),
      session_start: micros(instantValue(document.session_start)),
      remote_host: textOf(document, 'remote_host'),
      line_count: String(lines?.length ?? 0),
      lines: lines ? BSON.EJSON.stringify(lines, { relaxed: false }) : null,
      updated_at: micros(updated_at),
    };
    const severityOf = (line: unknown) => textOf(line, 'error_severity');
    const rows = ((lines ?? []) as readonly Record<string, unknown>[]).map((line, i) => ({
      ...shared,
      line_no: String(i + 1),
      written_at: micros(instantValue(line.timestamp)),
      severity: severityOf(line),
      is_error: String(ERRORS.includes(severityOf(line) ?? '')),
      state_code: textOf(line, 'state_code'),
      message: textOf(line, 'message'),
      statement: textOf(line, 'statement'),
    }));
    return { key: document_id, rank: updated_at, row: { session, lines: rows } };
  });
}

/** Dates of documents have milliseconds. */
const micros = (iso: string | null): string | null => (iso === null ? null : `${iso.slice(0, -1)}000Z`);
