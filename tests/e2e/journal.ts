import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { AddressesFor } from '../../services/service.types.ts';
import type { RunSummary } from '../../workflows/run.workflow.ts';
import { textRows } from '../oracle/text-query.ts';
import { freshName, freshPostgres } from '../servers.fresh.ts';
import { Installation, prepare } from './installation.ts';
import project from './journal/project.ts';
import type { TextRow } from './text-rows.ts';

export const TABLES = `
  create table entry (
    id bigint generated always as identity primary key, account text not null, amount numeric(18,2) not null,
    updated_at timestamptz not null
  );
  create index on entry (updated_at);
  create function stamp() returns trigger language plpgsql as $$ begin new.updated_at := now(); return new; end $$;
  create trigger stamp before insert or update on entry for each row execute function stamp();`;

/** A journal in PostgreSQL on the database's real clock, and Strata beside it. */
export class Journal extends Installation {
  readonly url: string;
  readonly db: pg.Client;
  readonly #began = new Date().toISOString().slice(0, 10);
  readonly #sessions: pg.Client[] = [];

  private constructor(prepared: Awaited<ReturnType<typeof prepare>>, url: string, client: pg.Client) {
    super(prepared);
    this.url = url;
    this.db = client;
  }

  static async open({ temporal, postgresUrl }: AddressesFor<'temporal' | 'postgres'>): Promise<Journal> {
    const url = await freshPostgres(postgresUrl);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(TABLES);
    const served = { project, sqlRoot: fileURLToPath(new URL('./journal', import.meta.url)) };
    return new Journal(await prepare({ served, temporal, variables: { STRATA_SOURCE_JOURNAL: url } }), url, client);
  }

  /** Another program's connection. */
  async session(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.url });
    await client.connect();
    this.#sessions.push(client);
    return client;
  }

  /** The pipeline over today; over both days when the test runs across midnight. */
  run(): Promise<RunSummary> {
    const input = { from: this.#began, to: new Date().toISOString().slice(0, 10) };
    return this.execute('journal_daily', freshName('run'), input);
  }

  /** The table as it is now. */
  entries(): Promise<TextRow[]> {
    return textRows(this.db, 'select * from entry');
  }

  /** By account, as the database sums it up now. */
  balances(): Promise<TextRow[]> {
    return textRows(
      this.db,
      'select account, count(*) as entries, sum(amount)::numeric(38,2) as balance from entry group by account',
    );
  }

  override async close(): Promise<void> {
    await Promise.all([this.db, ...this.#sessions].map((client) => client.end()));
    await super.close();
  }
}
