import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { loadSettings, type Settings } from '../../config/settings.ts';
import { queueName } from '../../core/queue-names.ts';
import type { AddressesFor } from '../../services/service.types.ts';
import type { ServedProject } from '../../workers/compose.ts';
import { type RunningWorker, startWorker } from '../../workers/worker.ts';
import { freshName, freshNamespace, freshPostgres } from '../servers.fresh.ts';
import { served } from './shop.served.ts';

export const PIPELINE = 'shop_daily';

export interface Sale {
  readonly id: string;
  readonly amount: string;
  readonly currency?: string;
  /** ISO 8601. */
  readonly soldAt: string;
  readonly updatedAt?: string;
}

/** A shop with a database, a lake, a warehouse and a namespace of its own. */
export class Shop {
  readonly variables: Readonly<Record<string, string>>;
  readonly settings: Settings;
  readonly client: Client;
  readonly db: pg.Client;
  readonly folder: string;

  private constructor(folder: string, variables: Record<string, string>, client: Client, db: pg.Client) {
    this.folder = folder;
    this.variables = variables;
    this.settings = loadSettings({ env: variables, cwd: folder });
    this.client = client;
    this.db = db;
  }

  /** @param others settings that differ from the usual ones */
  static async open(
    addresses: AddressesFor<'temporal' | 'postgres'>,
    others: Record<string, string> = {},
  ): Promise<Shop> {
    const folder = await mkdtemp(join(tmpdir(), 'strata-shop-'));
    const namespace = await freshNamespace(addresses.temporal);
    const url = await freshPostgres(addresses.postgresUrl);
    const db = new pg.Client({ connectionString: url });
    await db.connect();
    await db.query(TABLES);
    const connection = await Connection.connect({ address: addresses.temporal });
    const variables = {
      STRATA_LAKE: `file://${folder}/lake`,
      STRATA_TEMP: `${folder}/temp`,
      STRATA_TEMPORAL_ADDRESS: addresses.temporal,
      STRATA_TEMPORAL_NAMESPACE: namespace,
      STRATA_SOURCE_SHOP: url,
      STRATA_WAREHOUSE_ANALYTICS: `duckdb://${folder}/${freshName('analytics')}.duckdb`,
      STRATA_DUCKDB_MEMORY: '256MB',
      STRATA_DUCKDB_THREADS: '1',
      ...others,
    };
    return new Shop(folder, variables, new Client({ connection, namespace }), db);
  }

  startWorker(changes: Partial<ServedProject> = {}): Promise<RunningWorker> {
    return startWorker(this.settings, { ...served, ...changes });
  }

  async sell(...sales: Sale[]): Promise<void> {
    for (const { id, amount, currency = 'EUR', soldAt, updatedAt = soldAt } of sales) {
      await this.db.query(
        `INSERT INTO sale VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id) DO UPDATE SET amount = excluded.amount, currency = excluded.currency, updated_at = excluded.updated_at`,
        [id, amount, currency, soldAt, updatedAt],
      );
    }
  }

  async setRate(currency: string, from: string, rate: string, updatedAt: string): Promise<void> {
    await this.db.query(
      `INSERT INTO rate VALUES ($1, $2, $3, $4)
       ON CONFLICT (currency, rate_date) DO UPDATE SET rate = excluded.rate, updated_at = excluded.updated_at`,
      [currency, from, rate, updatedAt],
    );
  }

  /** What the sum should be, asked of the source itself. */
  async expected(): Promise<{ day: string; sales: number; eur: string | null }[]> {
    const { rows } = await this.db.query(EXPECTED);
    return rows;
  }

  start(input: unknown, workflowId: string, type = PIPELINE) {
    return this.client.workflow.start(type, {
      workflowId,
      taskQueue: queueName(this.settings.env, 'control'),
      args: [input],
    });
  }

  async run(input: unknown, workflowId = freshName('run')) {
    return (await this.start(input, workflowId)).result();
  }

  async close(): Promise<void> {
    await this.db.end();
    await this.client.connection.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

const TABLES = `
  CREATE TABLE sale (id text PRIMARY KEY, amount numeric(18,2) NOT NULL, currency text NOT NULL, sold_at timestamptz NOT NULL, updated_at timestamptz NOT NULL);
  CREATE TABLE rate (currency text, rate_date date, rate numeric(18,8) NOT NULL, updated_at timestamptz NOT NULL, PRIMARY KEY (currency, rate_date));`;

const EXPECTED = `
  SELECT to_char(sold_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, count(*)::int AS sales,
    sum(CASE WHEN currency = 'EUR' THEN amount ELSE round(amount * (
      SELECT rate FROM rate r WHERE r.currency = s.currency AND r.rate_date <= (s.sold_at AT TIME ZONE 'UTC')::date ORDER BY r.rate_date DESC LIMIT 1), 2) END)::text AS eur
  FROM sale s WHERE currency IN ('EUR', 'USD') GROUP BY 1 ORDER BY 1`;
