import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { runCommand } from './command.run.ts';
import { loadCredentials } from './credentials.file.ts';
import { HOST } from './port.check.ts';
import { findPostgres, type PostgresProgram } from './postgres.program.ts';
import { type Unrooted, withoutRoot } from './root.launch.ts';
import type { ServerPlan } from './server.plan.ts';
import type { ServiceContext } from './service.context.ts';
import { reportStep } from './service.report.ts';

const DATABASE = 'oltp';

/** A real PostgreSQL with logical decoding, one superuser and the empty database `oltp`. */
export async function planPostgres(
  context: ServiceContext,
  ports: { postgres: number },
): Promise<ServerPlan<'postgres'>> {
  const folder = join(context.dataDir, 'postgres');
  const program = await findPostgres(context, writtenBy(folder));
  const unrooted = withoutRoot(folder);
  const { postgresPassword: password } = loadCredentials(context.dataDir);
  if (!existsSync(join(folder, 'PG_VERSION'))) {
    await reportStep(context.report, 'postgres', 'making the data folder', () =>
      initialise(program, unrooted, folder, password),
    );
  }
  const urlOf = (database: string) => `postgres://postgres:${password}@${HOST}:${ports.postgres}/${database}`;
  const run = unrooted(program.command, ['-D', folder, ...settings(context, ports.postgres)]);
  return {
    label: program.label,
    address: { postgresUrl: urlOf(DATABASE) },
    launch: {
      name: 'postgres',
      ...run,
      env: { LC_ALL: 'C', TZ: 'UTC' },
      ports: [{ port: ports.postgres, setting: 'STRATA_DEV_POSTGRES_PORT' }],
      // "Fast" shutdown: SIGTERM would wait for every client to leave.
      stopSignal: 'SIGINT',
      readyTimeoutMs: 60_000,
      // After a crash the old server's children take a moment to notice and go.
      retryWhen: /shared memory block|lock file "postmaster.pid"/,
      ready: () => createDatabase(urlOf('postgres')),
    },
  };
}

function writtenBy(folder: string): string | undefined {
  const file = join(folder, 'PG_VERSION');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

async function initialise(
  program: PostgresProgram,
  unrooted: Unrooted,
  folder: string,
  password: string,
): Promise<void> {
  // A password as an argument could be read by every user of the machine.
  const scratch = mkdtempSync(join(tmpdir(), 'strata-initdb-'));
  const passwordFile = join(scratch, 'password');
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  const settings = [
    '--username=postgres',
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    `--pwfile=${passwordFile}`,
  ];
  const run = unrooted(program.initdb, ['-D', folder, ...settings]);
  try {
    await runCommand(run.command, run.args, { env: { LC_ALL: 'C' }, timeoutMs: 120_000 });
  } catch (error) {
    // Half a data folder would be taken for a whole one next time.
    rmSync(folder, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function settings(context: ServiceContext, port: number): string[] {
  const values: Record<string, string | number> = {
    listen_addresses: HOST,
    port,
    // Sockets would land in a folder shared with other servers of the same port.
    unix_socket_directories: '',
    wal_level: 'logical',
    max_connections: 200,
    max_prepared_transactions: 20,
    shared_buffers: '256MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(context.durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end().catch(() => {});
  }
}
