import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { dayNumber, LAUNCH } from './demo.days.ts';
import { createGenerator, type DayReport, type GeneratorOptions } from './generator/generator.ts';
import { ensureReaderLogin } from './oltp/reader-login.ts';

/** Which company: its databases, the login that reads them, and its world. */
export interface CompanyOptions extends Omit<GeneratorOptions, 'pg' | 'mongo'> {
  readonly databases: { readonly oltp: string; readonly app: string };
  readonly reader: string;
  /** Day from which on the document store is written; nobody reads what would lie before. @default 1 */
  readonly documentsFrom?: number;
}

/** The company of the fourteen days. */
export const launched = (rowsPerDay: number): CompanyOptions => ({
  seed: 42,
  start: LAUNCH,
  rowsPerDay,
  databases: { oltp: 'oltp', app: 'app' },
  reader: 'strata_reader',
});

/** The payments company's two systems, and the addresses under which Strata may read them. */
export interface Company {
  readonly sources: { readonly oltp: string; readonly app: string };
  /** Address of PostgreSQL for whoever checks the result. */
  readonly adminUrl: string;
  /** How many days it has lived so far. */
  readonly age: number;
  live(day: number): Promise<DayReport>;
  /** The first days in one go, as they stand at their end and without documents; of an empty company only. */
  bootstrap(days: number): Promise<void>;
  close(): Promise<void>;
}

export interface CompanyServers {
  readonly postgresUrl: string;
  readonly mongodbUrl: string;
}

/** Makes the databases, their schema and a login that can only read; keeps what is there. */
export async function openCompany(servers: CompanyServers, options: CompanyOptions): Promise<Company> {
  const { databases, reader, documentsFrom = 1, ...world } = options;
  const adminUrl = withDatabase(servers.postgresUrl, databases.oltp);
  const appUrl = withDatabase(servers.mongodbUrl, databases.app);
  await createDatabase(servers.postgresUrl, databases.oltp);
  const generator = await createGenerator({
    ...world,
    pg: adminUrl,
    mongo: { url: appUrl, database: databases.app },
  });
  const withoutDocuments = await createGenerator({ ...world, pg: adminUrl });
  const close = async () => {
    await generator.close();
    await withoutDocuments.close();
  };
  try {
    await generator.migrate();
    return {
      sources: { oltp: await readerUrl(adminUrl, reader), app: appUrl },
      adminUrl,
      age: await ageOf(adminUrl),
      live: (day) => (day < documentsFrom ? withoutDocuments : generator).advanceDay(dayNumber(day, options.start)),
      bootstrap: async (days) => void (await withoutDocuments.bootstrap(days)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

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
async function readerUrl(adminUrl: string, user: string): Promise<string> {
  const password = randomBytes(16).toString('hex');
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await ensureReaderLogin(client, { user, password });
  } finally {
    await client.end();
  }
  const url = new URL(adminUrl);
  url.username = user;
  url.password = password;
  return url.href;
}
