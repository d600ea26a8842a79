import { MongoError, MongoNetworkError, MongoServerError, MongoServerSelectionError } from 'mongodb';
import { type ErrorCode, StrataError } from '../../core/errors.ts';
import type { SourceConnection } from '../extraction.types.ts';
import { redact } from '../redact.ts';

const START =
  'Start the server (`strata dev` starts the development one), or correct the address of this source in the settings.';
const AUTHENTICATION = new Set([13, 18, 8000]);
/** The server forgot or ended the cursor, the operation or its snapshot: reading that piece again helps. */
const ENDED = new Set([43, 136, 175, 237, 239, 246, 11_600, 11_601, 11_602, 10_107, 13_435, 91, 189]);

/** Whatever went wrong with a MongoDB source, without any password. */
export function mongoFault(error: unknown, connection: SourceConnection, relation: string): StrataError {
  const said = redact(error instanceof Error ? error.message : String(error), connection.url);
  if (error instanceof StrataError) return error;
  const where = [connection.name && `source ${connection.name}`, relation].filter(Boolean).join(', ');
  const [code, hint] = meaning(error, said);
  return new StrataError(code, `MongoDB: ${said}`, { where, hint, cause: said });
}

function meaning(error: unknown, said: string): [ErrorCode, string] {
  if (error instanceof MongoServerSelectionError && /auth/i.test(said)) return denied();
  if (error instanceof MongoNetworkError || error instanceof MongoServerSelectionError) return ['unreachable', START];
  if (error instanceof MongoServerError) {
    if (AUTHENTICATION.has(Number(error.code)) || /auth/i.test(said)) return denied();
    if (ENDED.has(Number(error.code))) return ['conflict', 'The server ended the read; the next attempt reads again.'];
    return ['internal', 'Report this.'];
  }
  if (error instanceof MongoError) {
    if (/topology|pool|closed|timed out|interrupted/i.test(said)) return ['unreachable', START];
    if (/URI|scheme|connection string|Invalid/i.test(said))
      return ['bad_settings', 'Write mongodb://user:password@host:27017/database.'];
  }
  if (/Invalid connection string|Invalid scheme|URI/i.test(said))
    return ['bad_settings', 'Write mongodb://user:password@host:27017/database.'];
  return ['internal', 'Report this.'];
}

const denied = (): [ErrorCode, string] => [
  'access_denied',
  'Check user, password and authSource of this source, and its read role.',
];

/** Worth reading the piece again at once: a cursor or connection that ended, not a value that does not fit. */
export const isEnded = (fault: StrataError): boolean => fault.code === 'conflict' || fault.code === 'unreachable';
