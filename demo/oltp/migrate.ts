import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';

const MIGRATIONS = fileURLToPath(new URL('./migrations/', import.meta.url));

// Any fixed number does: it keeps two processes from migrating one database at once.
const MIGRATION_LOCK = 5_301_771;

/**
 * Applies the OLTP schema's migrations in the order of their names, each in a transaction of its own, and records them in `schema_migration`.
 * Returns the names of those applied now. Throws when a migration that was applied before has changed since.
 */
export async function migrateOltp(client: pg.Client): Promise<string[]> {
  await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
  try {
    await client.query(
      'create table if not exists schema_migration (name text primary key, checksum text not null, applied_at timestamptz not null default now())',
    );
    const { rows } = await client.query<{ name: string; checksum: string }>(
      'select name, checksum from schema_migration',
    );
    const recorded = new Map(rows.map((row) => [row.name, row.checksum]));
    const applied: string[] = [];
    for (const name of (await readdir(MIGRATIONS)).filter((file) => file.endsWith('.sql')).sort()) {
      const sql = await readFile(`${MIGRATIONS}${name}`, 'utf8');
      const checksum = createHash('sha256').update(sql).digest('hex');
      const before = recorded.get(name);
      if (before === checksum) continue;
      if (before !== undefined) {
        throw new Error(
          `migration ${name} was applied with other content; add a new migration, or start with an empty database`,
        );
      }
      await applyMigration(client, name, sql, checksum);
      applied.push(name);
    }
    return applied;
  } finally {
    await client.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
  }
}

async function applyMigration(client: pg.Client, name: string, sql: string, checksum: string): Promise<void> {
  await client.query('begin');
  try {
    await client.query(sql);
    await client.query('insert into schema_migration (name, checksum) values ($1, $2)', [name, checksum]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(`migration ${name} failed: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
