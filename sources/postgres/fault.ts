import { type ErrorCode, StrataError } from '../../core/errors.ts';
import { isDiskFault } from '../disk-fault.ts';
import type { SourceConnection } from '../extraction.types.ts';
import { redact } from '../redact.ts';
import { misfitIn } from './misfit.ts';

const LOST =
  /ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EPIPE|EHOSTUNREACH|Connection terminated|connection timeout|timeout expired|server closed the connection|terminating connection|Unable to connect|could not connect|connection to server|SSL SYSCALL|no connection to the server|not queryable|Client was closed/i;

/** SQLSTATE, or the beginning of one -> what it means to us. */
const BY_STATE: readonly (readonly [string, ErrorCode, string])[] = [
  ['28', 'access_denied', 'Check user and password of this source, and pg_hba.conf of the server.'],
  ['3D', 'access_denied', 'The database does not exist: correct its name in the address of this source, or create it.'],
  ['42501', 'access_denied', 'Grant the role SELECT on these columns (and USAGE on the schema).'],
  ['42P01', 'source_mismatch', 'Correct relation: in the dataset, or create the table.'],
  ['42703', 'source_mismatch', 'Correct the column in the dataset, or create it in the source.'],
  ['55P03', 'conflict', 'The table is locked, probably by a schema change; the next attempt reads it.'],
  ['40', 'conflict', 'The server ended the read in favour of other work; the next attempt reads again.'],
  ['72000', 'conflict', 'The snapshot became too old; the next attempt reads again.'],
  ['08', 'unreachable', ''],
  ['53', 'unreachable', 'The server has no connections or memory left; retried later, or raise its limits.'],
  ['57', 'unreachable', ''],
];

/** Of a message: what is longer quotes data. */
const MOST_CHARACTERS = 600;

const START =
  'Start the server (`strata dev` starts the development one), or correct the address of this source in the settings.';

/** Whatever went wrong with a PostgreSQL source, from its driver or through DuckDB's scanner, without any password. */
export function postgresFault(error: unknown, connection: SourceConnection, relation?: string): StrataError {
  if (error instanceof StrataError && (error.code === 'cancelled' || isDiskFault(error))) return error;
  // A fault that was understood on the way comes by again, where the table is known.
  const said = redact(textOf(error), connection.url)
    .trim()
    .replace(/^PostgreSQL: /, '')
    .slice(0, MOST_CHARACTERS);
  const misfit = misfitIn(said);
  const where = [connection.name && `source ${connection.name}`, addressOf(connection.url), relation]
    .filter(Boolean)
    .join(', ');
  if (misfit) return misfitError(misfit, where);
  if (
    /strata_snapshot_lost|invalid snapshot identifier|snapshot "[^"]*" does not exist|source process .* is not running/.test(
      said,
    )
  ) {
    return new StrataError('conflict', `The snapshot of ${relation ?? 'the source'} was lost while it was read`, {
      where,
      cause: said,
    });
  }
  const state = (error as { code?: unknown } | null)?.code;
  const known =
    typeof state === 'string' ? BY_STATE.find(([prefix]) => state.startsWith(prefix) && state.length === 5) : undefined;
  const [code, hint] = known ? [known[1], known[2]] : guess(said, error);
  return new StrataError(code, `PostgreSQL: ${said}`, { where, hint: hint || START, cause: said });
}

function guess(said: string, error: unknown): [ErrorCode, string] {
  if (LOST.test(said)) return ['unreachable', START];
  if (/permission denied|row-level security/.test(said))
    return ['access_denied', 'Grant the role what it needs to read every row.'];
  if (/Invalid URL|invalid connection/i.test(said))
    return ['bad_settings', 'Write postgres://user:password@host:5432/database.'];
  if (error instanceof StrataError) return [error.code, error.hint ?? ''];
  return ['internal', 'Report this.'];
}

function misfitError({ column, example }: { column: string; example: string }, where: string): StrataError {
  return new StrataError(
    'source_mismatch',
    `Column ${column} holds a value that its declared type cannot: ${example}`,
    {
      where,
      hint: 'Declare a wider type, or text() and a row check downstream; nothing was rounded and nothing was dropped.',
    },
  );
}

/** An error of several addresses (localhost as IPv4 and IPv6) says nothing itself. */
function textOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(textOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

export function addressOf(url: string): string {
  try {
    const { hostname, port, pathname, username } = new URL(url);
    return `${decodeURIComponent(username)}@${hostname}:${port || 5432}${pathname}`;
  } catch {
    return 'an address that is no URL';
  }
}
