import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { loadSettings } from '../config/settings.ts';
import { instant } from '../core/instant.ts';
import type { Project } from '../core/project.ts';
import { resolveDuckdbExtensions } from '../services/duckdb.extensions.ts';
import { resetServices } from '../services/reset.services.ts';
import type { ServiceReport } from '../services/service.report.ts';
import type { AddressesFor, ServiceAddresses } from '../services/service.types.ts';
import { readServicesEnvironment } from '../services/services.environment.ts';
import { type RunningServices, startServices } from '../services/start.services.ts';
import { type RunningWorker, startWorker } from '../workers/worker.ts';
import type { Company } from './demo.company.ts';
import type { DemoOptions } from './demo.options.ts';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

export interface DemoServers {
  readonly services: RunningServices;
  readonly addresses: AddressesFor<'temporal' | 'postgres' | 'mongodb'> & Partial<Pick<ServiceAddresses, 's3'>>;
  /** What the demo keeps. */
  readonly folder: string;
  readonly cacheDir: string;
}

/** Starts the real servers on the demo's own data. */
export async function startServers(options: DemoOptions, report: ServiceReport): Promise<DemoServers> {
  const { dataDir, cacheDir, ports, configured } = readServicesEnvironment();
  const folder = join(dataDir, 'demo');
  if (options.reset) {
    await resetServices(folder);
    rmSync(folder, { recursive: true, force: true });
  }
  mkdirSync(folder, { recursive: true });
  const services = await startServices({
    want: ['temporal', 'postgres', 'mongodb', ...(options.lake === 's3' ? (['s3'] as const) : [])],
    dataDir: folder,
    cacheDir,
    ports,
    configured,
    report,
  });
  return { services, addresses: services.addresses, folder, cacheDir };
}

/** What every `strata` command of the demo is told; left in `.strata/dev.json` too, for the user's own. */
export async function demoVariables(
  { addresses, folder, cacheDir }: DemoServers,
  { sources }: Company,
  lake: DemoOptions['lake'],
  report: ServiceReport,
): Promise<Record<string, string>> {
  const { s3 } = addresses;
  const extensions = await resolveDuckdbExtensions({ names: ['postgres_scanner', 'httpfs'], cacheDir, report });
  // One warehouse per lake: the numbers of cuts begin anew in a new lake.
  const warehouse = join(folder, `warehouse-${lake}`);
  mkdirSync(warehouse, { recursive: true });
  return {
    STRATA_ENV: 'dev',
    STRATA_PROJECT: join(ROOT, 'config/project.ts'),
    STRATA_TEMPORAL_ADDRESS: addresses.temporal,
    STRATA_SOURCE_OLTP: sources.oltp,
    STRATA_SOURCE_APP: sources.app,
    STRATA_WAREHOUSE_ANALYTICS: `duckdb://${join(warehouse, 'analytics.duckdb')}`,
    STRATA_LAKE: s3 ? `s3://${s3.bucket}/demo` : pathToFileURL(join(folder, 'lake')).href,
    ...(extensions.found.length > 0 && { STRATA_DUCKDB_EXTENSIONS: extensions.folder }),
    ...(s3 && {
      STRATA_S3_ENDPOINT: s3.endpoint,
      STRATA_S3_REGION: s3.region,
      STRATA_S3_ACCESS_KEY_ID: s3.accessKeyId,
      STRATA_S3_SECRET_ACCESS_KEY: s3.secretAccessKey,
    }),
  };
}

type Variables = Readonly<Record<string, string>>;

/** The company's time of day, for commands and worker alike. */
export class SimulatedClock {
  readonly #variables: Variables;
  readonly #tell: (environment: Variables) => void;
  #now: string;

  /** @param tell is told of every change */
  constructor(variables: Variables, now: string, tell: (environment: Variables) => void = () => {}) {
    this.#variables = variables;
    this.#tell = tell;
    this.#now = now;
    this.set(now);
  }

  get now(): string {
    return this.#now;
  }

  /** Never goes back: a second demo finds the company at its last day. */
  set(now: string): void {
    if (now > this.#now) this.#now = now;
    this.#tell(this.environment());
  }

  environment(): Variables {
    return { ...this.#variables, STRATA_NOW: this.#now };
  }
}

/** One worker that lives through all days. */
export async function startDemoWorker(clock: SimulatedClock, project: Project): Promise<RunningWorker> {
  const settings = {
    ...loadSettings({ flags: clock.environment(), dev: false }),
    // Asked at every look: the days pass while the worker runs.
    get now() {
      return instant(clock.now);
    },
  };
  return startWorker(settings, { project, sqlRoot: join(ROOT, 'warehouse-sql') });
}
