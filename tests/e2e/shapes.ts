import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { MongoClient } from 'mongodb';
import pg from 'pg';
import type { AddressesFor } from '../../services/service.types.ts';
import type { RunSummary } from '../../workflows/run.workflow.ts';
import { freshName, freshPostgres } from '../servers.fresh.ts';
import { Installation, prepare } from './installation.ts';
import { wideTable } from './shapes/columns.ts';
import project, { PIPELINE, SQL, WIDE, WIDEST } from './shapes/project.ts';

const TABLES = [
  'create table subscription (id bigint primary key, plan text not null, price numeric(18,2) not null, updated_at timestamptz not null)',
  'create index on subscription (updated_at)',
  wideTable('wide', WIDE),
  wideTable('widest', WIDEST),
  'create table tiny (id text primary key, updated_at timestamptz not null)',
  'create table nothing (id bigint primary key, note text, updated_at timestamptz not null)',
  'create table never_deleted (id bigint primary key, note text, updated_at timestamptz not null)',
  'create table tariff (country text primary key, rate numeric(6,4) not null)',
  'create table event (kind text not null, payload json, updated_at timestamptz not null)',
];

/** Tables of every shape in PostgreSQL and MongoDB on an application's clock, and Strata beside them. */
export class Shapes extends Installation {
  readonly db: pg.Client;
  readonly mongo: MongoClient;

  private constructor(prepared: Awaited<ReturnType<typeof prepare>>, db: pg.Client, mongo: MongoClient) {
    super(prepared);
    this.db = db;
    this.mongo = mongo;
  }

  static async open({
    temporal,
    postgresUrl,
    mongodbUrl,
  }: AddressesFor<'temporal' | 'postgres' | 'mongodb'>): Promise<Shapes> {
    const url = await freshPostgres(postgresUrl);
    const db = new pg.Client({ connectionString: url });
    await db.connect();
    for (const statement of TABLES) await db.query(statement);
    const address = new URL(mongodbUrl);
    address.pathname = `/${freshName('shapes')}`;
    const mongo = await new MongoClient(address.href).connect();
    await mongo.db().createCollection('profile');
    const sqlRoot = await mkdtemp(join(tmpdir(), 'strata-shapes-'));
    for (const [path, sql] of Object.entries(SQL)) {
      await mkdir(dirname(join(sqlRoot, path)), { recursive: true });
      await writeFile(join(sqlRoot, path), sql);
    }
    const variables = { STRATA_SOURCE_SHAPES: url, STRATA_SOURCE_DOCUMENTS: address.href };
    return new Shapes(await prepare({ served: { project, sqlRoot }, temporal, variables }), db, mongo);
  }

  /** The nightly run of a day of November, at two o'clock in the next night. */
  night(of: number): Promise<RunSummary> {
    this.now = `2026-11-${String(of + 1).padStart(2, '0')}T02:00:00Z`;
    return this.run(`2026-11-${String(of).padStart(2, '0')}`);
  }

  run(from: string, to = from): Promise<RunSummary> {
    return this.execute(PIPELINE, freshName('run'), { from, to });
  }

  override async close(): Promise<void> {
    await this.db.end();
    await this.mongo.db().dropDatabase();
    await this.mongo.close();
    await super.close();
  }
}
