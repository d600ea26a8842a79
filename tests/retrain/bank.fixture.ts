import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { type Db, MongoClient } from 'mongodb';
import pg from 'pg';
import { loadSettings, type Settings } from '../../config/settings.ts';
import { queueName } from '../../core/queue-names.ts';
import type { Retraining } from '../../core/retraining.ts';
import { workflowIds } from '../../core/workflow-ids.ts';
import type { AddressesFor } from '../../services/service.types.ts';
import type { ServedProject } from '../../workers/compose.ts';
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

/** The first model is trained then; the world shifts a day later. */
export const BEFORE = '2026-01-24T02:00:00Z';
/** The labels of the shifted world have come. */
export const AFTER = '2026-02-18T02:00:00Z';

/** Gates that a challenger which learned the shifted world passes. */
export const POLICY = {
  leastPositives: 20,
  leastGain: 0,
  confidence: 0.5,
  mostSliceLoss: 1,
  mostMillisPerRow: 50,
  approval: { by: 'automatic' },
} as const;

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
  /** Its settings. */
  readonly variables: Record<string, string>;
  readonly #hook: Server;
  readonly #forks: Bank[] = [];
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
    this.variables = variables;
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
      STRATA_DUCKDB_MEMORY: '256MB',
      STRATA_DUCKDB_THREADS: '1',
    };
    return Bank.#with(folder, variables, db, documents);
  }

  /** A bank whose champion learned the world before the shift; the days after it are loaded too, and nobody looked yet. */
  static async drifted(addresses: AddressesFor<'temporal' | 'postgres' | 'mongodb'>): Promise<Bank> {
    const bank = await Bank.open(addresses);
    await bank.live(1, 23, 'before');
    await bank.withWorker(BEFORE, { after: undefined }, async () => {
      await bank.load('2026-01-01', '2026-01-23');
      await bank.retrain();
    });
    await bank.live(24, 48, 'after');
    await bank.withWorker(AFTER, { after: undefined }, () => bank.load('2026-01-24', '2026-02-17'));
    bank.told.length = 0;
    return bank;
  }

  /** The same bank again: the lake copied, a namespace and a webhook of its own, the same sources. */
  async fork(): Promise<Bank> {
    const folder = await mkdtemp(join(tmpdir(), 'strata-bank-'));
    await cp(join(this.folder, 'lake'), join(folder, 'lake'), { recursive: true, preserveTimestamps: true });
    const variables = {
      ...this.variables,
      STRATA_LAKE: `file://${folder}/lake`,
      STRATA_TEMP: `${folder}/temp`,
      STRATA_TEMPORAL_NAMESPACE: await freshNamespace(this.variables.STRATA_TEMPORAL_ADDRESS!),
    };
    const fork = await Bank.#with(folder, variables, this.db, this.#documents);
    this.#forks.push(fork);
    return fork;
  }

  static async #with(folder: string, variables: Record<string, string>, db: pg.Client, documents: MongoClient) {
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
    const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/hook`;
    const connection = await Connection.connect({ address: variables.STRATA_TEMPORAL_ADDRESS! });
    const client = new Client({ connection, namespace: variables.STRATA_TEMPORAL_NAMESPACE! });
    const all = { ...variables, STRATA_WEBHOOK_OPS: url };
    const bank: Bank = new Bank(folder, all, client, db, documents, hook);
    return bank;
  }

  settings(now: string | undefined): Settings {
    const env = { ...this.variables, ...(now && { STRATA_NOW: now }) };
    return loadSettings({ env, cwd: this.folder, dev: false });
  }

  /** @param now date on which the worker believes to live; undefined: the machine's @param changes to the retraining */
  async withWorker<T>(
    now: string | undefined,
    changes: Partial<Retraining>,
    work: (worker: RunningWorker) => Promise<T>,
  ): Promise<T> {
    const worker = await startWorker(this.settings(now), served(changes));
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
        `INSERT INTO verdict SELECT 'v' || id, id, fraud, happened_at + interval '2 days'
         FROM unnest($1::text[], $2::boolean[]) AS t(id, fraud) JOIN event USING (id)`,
        [column((r) => r.id), column((r) => r.fraud)],
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
    for (const fork of this.#forks) await fork.#leave();
    await this.db.end();
    await this.#documents.close();
    await this.#leave();
  }

  async #leave(): Promise<void> {
    this.#hook.close();
    await this.client.connection.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The bank's project with another policy, other features, other days. */
export const served = (changes: Partial<Retraining>): ServedProject => ({
  project: {
    ...project,
    retrainings: [{ ...fraud, ...changes }],
    pipelines: project.pipelines.map((pipeline) => ({
      ...pipeline,
      datasets: pipeline.datasets.map((d) => (d === fraud.features ? (changes.features ?? d) : d)),
    })),
  },
  sqlRoot: fileURLToPath(new URL('./bank/sql', import.meta.url)),
});

const TABLES = `
  CREATE TABLE event (id text PRIMARY KEY, customer_id text NOT NULL, amount float8 NOT NULL, pace float8, shop text NOT NULL, happened_at timestamptz NOT NULL);
  CREATE TABLE verdict (id text PRIMARY KEY, event_id text NOT NULL, is_fraud boolean NOT NULL, known_at timestamptz NOT NULL);`;
