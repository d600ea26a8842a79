import pg from 'pg';

/**
 * Makes (or updates the password of) the login the pipeline connects with: member of `readonlyuser`, and of `pg_read_all_stats`, so that it
 * sees when the oldest running transaction of any user began. Needs a superuser's connection and the migrated schema.
 */
export async function ensureReaderLogin(client: pg.Client, login: { user: string; password: string }): Promise<void> {
  const user = pg.escapeIdentifier(login.user);
  const password = pg.escapeLiteral(login.password);
  const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [login.user]);
  await client.query(`${rowCount === 0 ? 'create' : 'alter'} role ${user} with login password ${password}`);
  await client.query(`grant readonlyuser, pg_read_all_stats to ${user}`);
}
