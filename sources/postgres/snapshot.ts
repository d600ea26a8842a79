import type pg from 'pg';
import type { SourceDataset } from '../../core/dataset.ts';
import { StrataError } from '../../core/errors.ts';
import { type Instant, instantFromMicros } from '../../core/instant.ts';
import type { SourceConnection } from '../extraction.types.ts';
import { BEGIN_SNAPSHOT, connectPostgres } from './connection.ts';

/** One picture of the database, held open by `client`; every connection that joins it sees exactly the same rows. */
export interface PgSnapshot {
  readonly client: pg.Client;
  /** For SET TRANSACTION SNAPSHOT. */
  readonly id: string;
  /** pg_current_snapshot as text: what a chunk checks before it reads. */
  readonly identity: string;
  /** WAL position as a number. */
  readonly position: string;
  /** The server's clock just before the snapshot. */
  readonly at: Instant;
  /** Start of the oldest transaction that may still bring rows with its own time; null: nobody can tell. */
  readonly oldestOpen: Instant | null;
}

/** Connections of ours begin their application_name with it. They only read, so they never hold a low-water mark back. */
export const APPLICATION = 'strata extract';

const MICROS = (moment: string) => `(extract(epoch from ${moment}) * 1000000)::int8::text`;

/**
 * Read before the snapshot is taken: a transaction that ends between the two is then counted as open. The other way
 * round it would be invisible to both, and its rows lost.
 */
const OPEN_TRANSACTIONS = `
  select ${MICROS('least(now(), min(xact_start))')} as oldest,
    pg_is_in_recovery() or exists (select from pg_prepared_xacts where database = current_database()) as hidden,
    pg_has_role(current_user, 'pg_read_all_stats', 'usage') as allowed
  from pg_stat_activity
  where pid <> pg_backend_pid() and (datname = current_database() or datname is null) and xact_start is not null
    and backend_type is distinct from 'autovacuum worker' and application_name not like '${APPLICATION}%'`;

const TAKE = `
  select pg_export_snapshot() as id, pg_current_snapshot()::text as identity, ${MICROS('clock_timestamp()')} as now,
    ((case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end) - '0/0')::int8::text as position`;

const OLDEST_VERSION = 130_000;

/** @throws unreachable, access_denied, source_mismatch (server too old) */
export async function openSnapshot(
  connection: SourceConnection,
  dataset: SourceDataset,
  application: string,
): Promise<PgSnapshot> {
  const client = await connectPostgres(connection, application);
  try {
    await requireVersion(client);
    const { extraction } = dataset;
    const byDatabase = extraction.kind === 'cursor' && extraction.clock.kind === 'database';
    const oldestOpen = byDatabase ? await oldestTransaction(client) : null;
    const { id, identity, now, position } = await takeInTurn(client);
    return { client, id, identity, position, at: instantFromMicros(BigInt(now)), oldestOpen };
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}

interface Taken {
  readonly id: string;
  readonly identity: string;
  readonly now: string;
  readonly position: string;
}

// Any fixed number that nobody else uses.
const TURN = 7_283_014_411;

/**
 * One extraction of a database at a time takes its snapshot and reads the position that belongs to it: otherwise the older
 * of two snapshots could get the later position, and what it saw would win.
 */
async function takeInTurn(client: pg.Client): Promise<Taken> {
  await client.query(`select pg_advisory_lock(${TURN})`);
  await client.query(BEGIN_SNAPSHOT);
  const { rows } = await client.query<Taken>(TAKE);
  await client.query(`select pg_advisory_unlock(${TURN})`);
  return rows[0]!;
}

/** On a standby the primary's transactions cannot be seen, and a prepared one no longer tells when it began: null. */
async function oldestTransaction(client: pg.Client): Promise<Instant | null> {
  const { rows } = await client.query<{ oldest: string; hidden: boolean; allowed: boolean }>(OPEN_TRANSACTIONS);
  const { oldest, hidden, allowed } = rows[0]!;
  if (!allowed) {
    throw new StrataError(
      'access_denied',
      'The role cannot see when other transactions began, so late commits would be lost',
      {
        hint: 'GRANT pg_read_all_stats TO the role, or declare applicationClock({ lateness }).',
      },
    );
  }
  return hidden ? null : instantFromMicros(BigInt(oldest));
}

async function requireVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ server_version_num: string }>('show server_version_num');
  if (Number(rows[0]!.server_version_num) >= OLDEST_VERSION) return;
  throw new StrataError('source_mismatch', `PostgreSQL ${rows[0]!.server_version_num} is too old`, {
    hint: 'Version 13 or later is read.',
  });
}

/** Statements that put a connection, of either driver, into the snapshot. */
export const joinStatements = (snapshot: PgSnapshot): string[] => [`SET TRANSACTION SNAPSHOT '${snapshot.id}'`];

/**
 * A condition that fails the query when it would read under any other snapshot, as after a silent reconnect. Evaluated
 * once per query, not per row.
 */
export const underSnapshot = (snapshot: PgSnapshot): string =>
  `(case when pg_current_snapshot()::text = '${snapshot.identity}' then true else ('strata_snapshot_lost ' || pg_current_snapshot()::text)::bool end)`;
