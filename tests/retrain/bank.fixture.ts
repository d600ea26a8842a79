import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { type Db, MongoClient } from 'mongodb';
import pg from 'pg';
import { loadSettings } from '../../config/settings.ts';
import { queueName } from '../../core/queue-names.ts';
import type { Retraining } from '../../core/retraining.ts';
import { workflowIds } from '../../core/workflow-ids.ts';
import type { AddressesFor } from '../../services/service.types.ts';
import { type RunningWorker, startWorker } from '../../workers/worker.ts';
import type { RetrainingSummary } from '../../workflows/retrain.workflow.ts';
import { freshName, freshNamespace, freshPostgres } from '../servers.fresh.ts';
import project, { fraud } from './bank/project.ts';

const PER_DAY = 160;
const SHOPS = ['kiosk', 'market', 'web'] as const;

export interface Told {
  readonly event: string;
  readonly text: string;
}

/** A bank with a database, a lake, a namespace, a webhook of its own. */
export class Bank {
  readonly folder: string;
  readonly client: Client;
  readonly db: pg.Client;
  /** The desk's documents, one per payment. */
  readonly desk: Db;
  readonly #documents: MongoClient;
  /** What the webhook was told. */
  readonly told: Told[] = [];
  readonly #variables: Record<string, string>;
  readonly #hook: Server;
  #seed = 1;

  private constructor(
    folder: string,
    variables: Record<string, string>,
    client: Client,
    db: pg.Client,
    documents: MongoClient,
    hook: Server,
  ) {
    this.folder = folder;
    this.#documents = documents;
    this.desk = documents.db();
    this.#variables = variables;
    this.client = client;
    this.db = db;
    this.#hook = hook;
  }

  static async open(addresses: AddressesFor<'temporal' | 'postgres' | 'mongodb'>): Promise<Bank> {
    const folder = await mkdtemp(join(tmpdir(), 'strata-bank-'));
    const namespace = await freshNamespace(addresses.temporal);
    const url = await freshPostgres(addresses.postgresUrl);
    const db = new pg.Client({ connectionString: url });
    await db.connect();
    await db.query(TABLES);
    const hook = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        bank.told.push(JSON.parse(body) as Told);
        response.end();
      });
    });
    await new Promise<void>((listening) => hook.listen(0, '127.0.0.1', listening));
    const mongo = new URL(addresses.mongodbUrl);
    mongo.pathname = `/${freshName('desk')}`;
    const documents = await new MongoClient(mongo.href).connect();
    const variables = {
      STRATA_SOURCE_DESK: mongo.href,
      STRATA_LAKE: `file://${folder}/lake`,
      STRATA_TEMP: `${folder}/temp`,
      STRATA_TEMPORAL_ADDRESS: addresses.temporal,
      STRATA_TEMPORAL_NAMESPACE: namespace,
      STRATA_SOURCE_BANK: url,
      STRATA_WEBHOOK_OPS: `http://127.0.0.1:${(hook.address() as AddressInfo).port}/hook`,
      STRATA_DUCKDB_MEMORY: '256MB',
      STRATA_DUCKDB_THREADS: '1',
    };
    const connection = await Connection.connect({ address: addresses.temporal });
    const bank: Bank = new Bank(folder, variables, new Client({ connection, namespace }), db, documents, hook);
    return bank;
  }

  /** @param now date on which the worker believes to live @param changes to the retraining */
  async withWorker<T>(
    now: string,
    changes: Partial<Retraining>,
    work: (worker: RunningWorker) => Promise<T>,
  ): Promise<T> {
    const settings = loadSettings({ env: { ...this.#variables, STRATA_NOW: now }, cwd: this.folder, dev: false });
    const changed = { ...project, retrainings: [{ ...fraud, ...changes }] };
    const worker = await startWorker(settings, { project: changed, sqlRoot: SQL });
    try {
      return await work(worker);
    } finally {
      worker.stop();
      await worker.finished;
    }
  }

  start(type: string, input: unknown, workflowId = freshName('work')) {
    return this.client.workflow.start(type, { workflowId, taskQueue: queueName('dev', 'control'), args: [input] });
  }

  async load(from: string, to: string): Promise<void> {
    await (await this.start('bank_daily', { from, to })).result();
  }

  /** The retraining that the run of the day before starts by itself. */
  startedByNight(day: string): WorkflowHandle<(input: unknown) => Promise<RetrainingSummary>> {
    return this.client.workflow.getHandle(workflowIds.retrain('dev', fraud.model, day));
  }

  async retrain(input: unknown = {}): Promise<RetrainingSummary> {
    return (await this.start('drift_and_retrain', input)).result() as Promise<RetrainingSummary>;
  }

  /**
   * Lets days go by. Before the shift the fraud is in amounts of a certain size, after it at the kiosk, which then has most of
   * the sales. Verdicts come two days later.
   */
  async live(first: number, last: number, world: 'before' | 'after'): Promise<void> {
    for (let day = first; day <= last; day += 1) {
      const rows = Array.from({ length: PER_DAY }, (_, i) => this.#event(day, i, world));
      const column = (pick: (row: (typeof rows)[number]) => unknown) => rows.map(pick);
      await this.db.query(
        'INSERT INTO event SELECT * FROM unnest($1::text[], $2::text[], $3::float8[], $4::float8[], $5::text[], $6::timestamptz[])',
        [
          column((r) => r.id),
          column((r) => r.customer),
          column((r) => r.amount),
          column((r) => r.pace),
          column((r) => r.shop),
          column((r) => r.at),
        ],
      );
      await this.db.query(
        `INSERT INTO verdict SELECT 'v' || id, id, true, happened_at + interval '2 days' FROM unnest($1::text[]) AS t(id) JOIN event USING (id)`,
        [rows.filter((r) => r.fraud).map((r) => r.id)],
      );
    }
  }

  #event(day: number, i: number, world: 'before' | 'after') {
    const u = () => this.#random();
    const after = world === 'after';
    const shop = SHOPS[u() < (after ? 0.7 : 0.3) ? 0 : u() < 0.5 ? 1 : 2]!;
    const amount = Math.round(100 * u() ** 2 * (after ? 2 : 1) * 100) / 100;
    const risky = after ? shop === 'kiosk' && amount > 10 && amount < 60 : amount > 30 && amount < 60;
    const at = new Date(Date.UTC(2026, 0, day, 8, 0, i * 5)).toISOString();
    const id = `e${day}-${i}`;
    const pace = u() < 0.1 ? null : Math.round(u() * 10);
    return { id, customer: `c${Math.floor(u() * 60)}`, amount, pace, shop, at, fraud: u() < (risky ? 0.5 : 0.02) };
  }

  #random(): number {
    this.#seed = (Math.imul(this.#seed, 1103515245) + 12345) & 0x7fffffff;
    return this.#seed / 0x80000000;
  }

  async close(): Promise<void> {
    this.#hook.close();
    await this.db.end();
    await this.#documents.close();
    await this.client.connection.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

const SQL = fileURLToPath(new URL('./bank/sql', import.meta.url));

const TABLES = `
  CREATE TABLE event (id text PRIMARY KEY, customer_id text NOT NULL, amount float8 NOT NULL, pace float8, shop text NOT NULL, happened_at timestamptz NOT NULL);
  CREATE TABLE verdict (id text PRIMARY KEY, event_id text NOT NULL, is_fraud boolean NOT NULL, known_at timestamptz NOT NULL);`;
