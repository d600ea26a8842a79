import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { devSettingsFile } from '../config/settings.dev.ts';
import type { Settings } from '../config/settings.ts';
import type { Project } from '../core/project.ts';
import { resolveDuckdbExtensions } from '../services/duckdb.extensions.ts';
import { resetServices } from '../services/reset.services.ts';
import type { ServiceReport } from '../services/service.report.ts';
import type { ServiceAddresses, ServiceName } from '../services/service.types.ts';
import type { ServicesEnvironment } from '../services/services.environment.ts';
import { type RunningServices, startServices } from '../services/start.services.ts';
import { databaseUrl, ensurePostgresDatabase, sourcesOf } from './dev-databases.ts';

// `strata dev` alone loads the servers and the worker: other commands start faster without them.
export { printReport } from '../services/service.report.ts';
export { readServicesEnvironment } from '../services/services.environment.ts';
export { startWorker } from '../workers/worker.ts';

export interface DevEnvironment {
  readonly services: RunningServices;
  /** For `.strata/dev.json`: what a command run in this folder has to know. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface DevOptions {
  readonly project: Project;
  /** Without what an earlier `strata dev` left: what is set here is not started. */
  readonly given: Settings;
  readonly environment: ServicesEnvironment;
  readonly lake: 'file' | 's3';
  readonly report: ServiceReport;
}

const lakeFolder = (dataDir: string): string => join(dataDir, 'lake');
const warehouseFolder = (dataDir: string): string => join(dataDir, 'warehouse');

/** Everything that an earlier `strata dev` left. @throws conflict, before anything is deleted, while somebody uses its servers */
export async function resetDevData({ dataDir }: ServicesEnvironment, cwd: string): Promise<void> {
  await resetServices(dataDir);
  for (const left of [lakeFolder(dataDir), warehouseFolder(dataDir), devSettingsFile(cwd)]) {
    rmSync(left, { recursive: true, force: true });
  }
}

/** Starts the servers that the project needs and nobody configured; stops them again when one fails. */
export async function startDevEnvironment(options: DevOptions): Promise<DevEnvironment> {
  const { project, given, environment, lake, report } = options;
  const missing = sourcesOf(project).filter(({ name }) => given.sources[name] === undefined);
  const want: ServiceName[] = ['temporal'];
  for (const system of ['postgres', 'mongodb'] as const)
    if (missing.some((s) => s.system === system)) want.push(system);
  if (lake === 's3') want.push('s3');
  const services = await startServices({ want, ...environment, report });
  try {
    const addresses = services.addresses as Partial<ServiceAddresses>;
    const variables = {
      STRATA_TEMPORAL_ADDRESS: addresses.temporal!,
      ...lakeVariables(lake, addresses, environment.dataDir),
      ...warehouseVariables(project, given, environment.dataDir),
      ...(await extensionVariables(environment.cacheDir, report)),
    };
    const sources: Record<string, string> = {};
    for (const { name, system } of missing) {
      const server = system === 'postgres' ? addresses.postgresUrl! : addresses.mongodbUrl!;
      if (system === 'postgres') await ensurePostgresDatabase(server, name);
      sources[`STRATA_SOURCE_${name.toUpperCase()}`] = databaseUrl(server, name);
    }
    return { services, variables: { ...variables, ...sources } };
  } catch (error) {
    await services.stop();
    throw error;
  }
}

function lakeVariables(
  lake: 'file' | 's3',
  { s3 }: Partial<ServiceAddresses>,
  dataDir: string,
): Record<string, string> {
  if (lake === 'file' || !s3) return { STRATA_LAKE: pathToFileURL(lakeFolder(dataDir)).href };
  return {
    STRATA_LAKE: `s3://${s3.bucket}/lake`,
    STRATA_S3_ENDPOINT: s3.endpoint,
    STRATA_S3_REGION: s3.region,
    STRATA_S3_ACCESS_KEY_ID: s3.accessKeyId,
    STRATA_S3_SECRET_ACCESS_KEY: s3.secretAccessKey,
  };
}

function warehouseVariables({ pipelines }: Project, { warehouses }: Settings, dataDir: string): Record<string, string> {
  const names = new Set(pipelines.flatMap(({ publish }) => (publish ? [publish.to] : [])));
  return Object.fromEntries(
    [...names]
      .filter((name) => warehouses[name] === undefined)
      .map((name) => [
        `STRATA_WAREHOUSE_${name.toUpperCase()}`,
        `duckdb://${join(warehouseFolder(dataDir), name)}.duckdb`,
      ]),
  );
}

async function extensionVariables(cacheDir: string, report: ServiceReport): Promise<Record<string, string>> {
  const { folder, found } = await resolveDuckdbExtensions({ names: ['postgres_scanner', 'httpfs'], cacheDir, report });
  return found.length > 0 ? { STRATA_DUCKDB_EXTENSIONS: folder } : {};
}
