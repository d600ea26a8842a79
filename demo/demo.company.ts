import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { dayNumber, LAUNCH } from './demo.days.ts';
import { createGenerator, type DayReport, type Generator } from './generator/generator.ts';
import { ensureReaderLogin } from './oltp/reader-login.ts';

const DATABASES = { oltp: 'oltp', app: 'app' } as const;
const READER = 'strata_reader';

/** The payments company's two systems, and the addresses under which Strata may read them. */
export interface Company {
  readonly sources: { readonly oltp: string; readonly app: string };
  /** Address of PostgreSQL for whoever checks the result. */
  readonly adminUrl: string;
  /** How many days it has lived so far. */
  readonly age: number;
  live(day: number): Promise<DayReport>;
  close(): Promise<void>;
}

export interface CompanyServers {
  readonly postgresUrl: string;
  readonly mongodbUrl: string;
}

/** Makes the databases, their schema and a login that can only read; keeps what is there. */
export async function openCompany(servers: CompanyServers, rowsPerDay: number): Promise<Company> {
  const adminUrl = withDatabase(servers.postgresUrl, DATABASES.oltp);
  const appUrl = withDatabase(servers.mongodbUrl, DATABASES.app);
  await createDatabase(servers.postgresUrl, DATABASES.oltp);
  const generator = await createGenerator({
    seed: 42,
    start: LAUNCH,
    rowsPerDay,
    pg: adminUrl,
    mongo: { url: appUrl, database: DATABASES.app },
  });
  try {
    await generator.migrate();
    return {
      sources: { oltp: await readerUrl(adminUrl), app: appUrl },
      adminUrl,
      age: await ageOf(adminUrl),
      live: (day) => live(generator, day),
      close: () => generator.close(),
    };
  } catch (error) {
    await generator.close();
    throw error;
  }
}

const live = (generator: Generator, day: number): Promise<DayReport> => generator.advanceDay(dayNumber(day));

async function ageOf(adminUrl: string): Promise<number> {
  const [days] = await queryPostgres<{ count: number }>(adminUrl, 'select count(*)::int from simulation.generated_day');
  return days?.count ?? 0;
}

/** One statement on a connection of its own. */
export async function queryPostgres<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

function withDatabase(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

async function createDatabase(server: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

/** A new password at every start: nothing has to remember it. */
async function readerUrl(adminUrl: string): Promise<string> {
  const password = randomBytes(16).toString('hex');
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await ensureReaderLogin(client, { user: READER, password });
  } finally {
    await client.end();
  }
  const url = new URL(adminUrl);
  url.username = READER;
  url.password = password;
  return url.href;
}
