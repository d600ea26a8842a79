import type { SourceConnection } from '../extraction.types.ts';
import { connectPostgres } from './connection.ts';
import { APPLICATION } from './snapshot.ts';

/**
 * Ends the server's side of one extraction. Closing a socket is not enough: PostgreSQL notices only when it next sends,
 * and a long sort or scan goes on until then. A role may always end its own backends.
 */
export async function stopBackends(connection: SourceConnection, application: string): Promise<void> {
  const client = await connectPostgres(connection, `${APPLICATION} stop`);
  try {
    await client.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and usename = current_user and pid <> pg_backend_pid()',
      [application],
    );
  } finally {
    await client.end();
  }
}
