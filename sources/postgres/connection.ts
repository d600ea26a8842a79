import pg from 'pg';
import type { SourceConnection } from '../extraction.types.ts';
import { postgresFault } from './fault.ts';

/** Everything that decides how a value looks as text, and the limits that would kill a long read. */
export const SESSION_SETTINGS = [
  "SET search_path = 'pg_catalog'",
  "SET client_encoding = 'UTF8'",
  "SET TimeZone = 'UTC'",
  "SET DateStyle = 'ISO, YMD'",
  "SET IntervalStyle = 'postgres'",
  "SET bytea_output = 'hex'",
  "SET xmloption = 'content'",
  "SET lc_monetary = 'C'",
  'SET extra_float_digits = 3',
  // A row that a policy hides would be missing without a word: PostgreSQL then refuses instead.
  'SET row_security = off',
  'SET statement_timeout = 0',
  'SET idle_in_transaction_session_timeout = 0',
  // Behind a schema change: fail and be retried rather than queue every other session behind us.
  "SET lock_timeout = '60s'",
].join('; ');

export const BEGIN_SNAPSHOT = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

/** Opens a connection with Strata's settings. @throws access_denied, unreachable, bad_settings */
export async function connectPostgres(connection: SourceConnection, application: string): Promise<pg.Client> {
  let client: pg.Client | undefined;
  try {
    client = new pg.Client({
      connectionString: connection.url,
      application_name: application,
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
    });
    // Without a listener a connection lost while idle would end the process; the next query reports it.
    client.on('error', () => {});
    await client.connect();
    await client.query(SESSION_SETTINGS);
    return client;
  } catch (error) {
    await client?.end().catch(() => {});
    throw postgresFault(error, connection);
  }
}

/** The same server in libpq's words, for DuckDB's scanner. Holds the password. */
export function libpqString(connection: SourceConnection, application: string): string {
  const { host, port, user, password, database } = new pg.Client({ connectionString: connection.url });
  const sslmode = /[?&]sslmode=([a-z-]+)/.exec(connection.url)?.[1];
  const settings = {
    host,
    port,
    user,
    password: password ?? undefined,
    dbname: database,
    application_name: application,
    connect_timeout: 10,
    sslmode: sslmode === 'no-verify' ? 'require' : sslmode,
  };
  return Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}='${String(value).replaceAll(/[\\']/g, '\\$&')}'`)
    .join(' ');
}
