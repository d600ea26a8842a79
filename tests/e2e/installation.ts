import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { loadSettings, type Settings } from '../../config/settings.ts';
import { instant } from '../../core/instant.ts';
import { queueName } from '../../core/queue-names.ts';
import type { S3Address, TemporalAddress } from '../../services/service.types.ts';
import type { ServedProject } from '../../workers/compose.ts';
import { type RunningWorker, startWorker } from '../../workers/worker.ts';
import { freshName, freshNamespace } from '../servers.fresh.ts';
import { LakeReader } from './lake-reader.ts';
import { resultOf } from './result-of.ts';
import { mirror } from './s3-mirror.ts';
import { type Ask, type TextRow, withDatabase } from './text-rows.ts';

export interface InstallationOptions {
  readonly served: ServedProject;
  readonly temporal: TemporalAddress['temporal'];
  /** Default: a folder. */
  readonly s3?: S3Address;
  /** Where the sources are, and what else the worker is told. */
  readonly variables: Readonly<Record<string, string>>;
}

/** What an installation begins with; made by {@link prepare}. */
export interface Prepared {
  readonly options: InstallationOptions;
  readonly folder: string;
  readonly client: Client;
  readonly variables: Readonly<Record<string, string>>;
}

/** Makes a folder and a Temporal namespace, and says where everything is. */
export async function prepare(options: InstallationOptions): Promise<Prepared> {
  const { temporal, s3 } = options;
  const folder = await mkdtemp(join(tmpdir(), 'strata-e2e-'));
  const namespace = await freshNamespace(temporal);
  const connection = await Connection.connect({ address: temporal });
  const variables = {
    STRATA_LAKE: s3 ? `s3://${s3.bucket}/${freshName('lake')}` : `file://${folder}/lake`,
    ...(s3 && {
      STRATA_S3_ENDPOINT: s3.endpoint,
      STRATA_S3_REGION: s3.region,
      STRATA_S3_ACCESS_KEY_ID: s3.accessKeyId,
      STRATA_S3_SECRET_ACCESS_KEY: s3.secretAccessKey,
    }),
    STRATA_TEMP: `${folder}/temp`,
    STRATA_TEMPORAL_ADDRESS: temporal,
    STRATA_TEMPORAL_NAMESPACE: namespace,
    STRATA_WAREHOUSE_ANALYTICS: `duckdb://${folder}/analytics.duckdb`,
    STRATA_DUCKDB_MEMORY: '512MB',
    STRATA_DUCKDB_THREADS: '1',
    STRATA_BUILDS: '2',
    ...options.variables,
  };
  return { options, folder, client: new Client({ connection, namespace }), variables };
}

/** Strata with a lake, a warehouse file and a Temporal namespace of its own. */
export class Installation {
  readonly folder: string;
  readonly client: Client;
  /** For a worker or a CLI in a process of its own; where time is simulated it needs STRATA_NOW on top, see {@link now}. */
  readonly variables: Readonly<Record<string, string>>;
  readonly settings: Settings;
  /** What time it is for the data; undefined: the clock of the machine. */
  now: string | undefined;
  readonly #served: ServedProject;
  readonly #s3: S3Address | undefined;
  readonly #workers: RunningWorker[] = [];

  constructor({ folder, client, variables, options }: Prepared) {
    this.folder = folder;
    this.client = client;
    this.variables = variables;
    this.#served = options.served;
    this.#s3 = options.s3;
    const simulatedNow = () => this.#simulatedNow();
    this.settings = {
      ...loadSettings({ env: variables, cwd: folder, dev: false }),
      // Read at every look, so that one worker lives through many days.
      get now() {
        return simulatedNow();
      },
    };
  }

  #simulatedNow() {
    return this.now === undefined ? undefined : instant(this.now);
  }

  /** In this process; stopped with the installation. */
  async startWorker(): Promise<RunningWorker> {
    const worker = await startWorker(this.settings, this.#served);
    Object.defineProperty(worker.platform, 'simulatedNow', { get: () => this.#simulatedNow() });
    this.#workers.push(worker);
    return worker;
  }

  /** Starts a workflow as a program would and waits for its result. */
  async execute<T>(type: string, workflowId: string, input: object): Promise<T> {
    const taskQueue = queueName(this.settings.env, 'control');
    const handle = await this.client.workflow.start(type, { workflowId, taskQueue, args: [input] });
    return (await resultOf(handle)) as T;
  }

  /** The lake as it is now; a copy of it where it is on S3. */
  async lake(): Promise<LakeReader> {
    const { env, lake } = this.settings;
    if (!this.#s3) return new LakeReader(join(fileURLToPath(lake.uri), env));
    const folder = await mkdtemp(join(this.folder, 'mirror-'));
    await mirror(this.#s3, `${new URL(lake.uri).pathname.slice(1)}/${env}`, folder);
    return new LakeReader(folder);
  }

  /** The lake's S3 server in the words of other engines; undefined for a folder. */
  storageOptions(): Record<string, string> | undefined {
    if (!this.#s3) return undefined;
    const { endpoint, region, accessKeyId, secretAccessKey } = this.#s3;
    return {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_ALLOW_HTTP: 'true',
    };
  }

  /** Asks the warehouse file as any DuckDB user would. Tables are `dev.fact_payment` and so on. */
  warehouse(sql: string): Promise<TextRow[]> {
    return this.withWarehouse((rows) => rows(sql));
  }

  /** For many questions to the warehouse file as it is now. */
  withWarehouse<T>(work: (rows: Ask) => Promise<T>): Promise<T> {
    return withDatabase(this.#warehousePath(), work);
  }

  /** Of the warehouse file's bytes. */
  async warehouseDigest(): Promise<string> {
    return createHash('sha256')
      .update(await readFile(this.#warehousePath()))
      .digest('hex');
  }

  #warehousePath(): string {
    const { analytics } = this.settings.warehouses;
    if (analytics?.kind !== 'duckdb') throw new Error('the installation publishes to DuckDB');
    return analytics.path;
  }

  /** Leaves the sources as they are. */
  async close(): Promise<void> {
    for (const worker of this.#workers) worker.stop();
    await Promise.all(this.#workers.map(({ finished }) => finished));
    await this.client.connection.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
