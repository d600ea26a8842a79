import { join, resolve } from 'node:path';
import { defaultCacheDir } from './cache.folder.ts';
import { withLock } from './file.lock.ts';
import { planMongo } from './mongo.server.ts';
import { choosePort } from './port.check.ts';
import { planPostgres } from './postgres.server.ts';
import { findRunning } from './running.server.ts';
import { planS3 } from './s3.server.ts';
import { type ServerHandle, startServer } from './server.handle.ts';
import type { ServerPlan } from './server.plan.ts';
import type { ServiceContext } from './service.context.ts';
import type { ServiceReport } from './service.report.ts';
import {
  type AddressesFor,
  DEFAULT_PORTS,
  type ServiceAddresses,
  type ServiceName,
  type ServicePorts,
} from './service.types.ts';
import { planTemporal } from './temporal.server.ts';

export interface StartOptions<W extends ServiceName> {
  want: readonly W[];
  /** Data that survives: `.strata` of the project. The servers use the folder `services` in it. */
  dataDir: string;
  /** Downloaded and built programs. Default: STRATA_CACHE or the user's cache folder. */
  cacheDir?: string;
  /** 0 picks a free port. */
  ports?: Partial<ServicePorts>;
  /** Addresses of servers that run already; these are used and never started or stopped. */
  configured?: Partial<ServiceAddresses>;
  /** False trades safety against power loss for speed; right for tests. Default true. */
  durable?: boolean;
  report?: ServiceReport;
}

export interface RunningServices<W extends ServiceName = ServiceName> {
  addresses: AddressesFor<W>;
  /** The processes behind the addresses, for those that run on this machine and were started by Strata. */
  processes: { name: ServiceName; pid: number }[];
  /** One server's process, to kill or restart it. Undefined for configured servers and those of another process. */
  handle(name: W): ServerHandle | undefined;
  /** Stops what this call started; what was running before is left alone. */
  stop(): Promise<void>;
}

/**
 * Finds, starts and waits for the development servers on 127.0.0.1. A server of the same data folder that another living
 * process started is used as it is; one whose starter died is stopped and started again.
 */
export async function startServices<W extends ServiceName>(options: StartOptions<W>): Promise<RunningServices<W>> {
  const context: ServiceContext = {
    dataDir: servicesFolder(options.dataDir),
    cacheDir: resolve(options.cacheDir ?? defaultCacheDir()),
    report: options.report ?? (() => {}),
    durable: options.durable ?? true,
  };
  const ports = { ...DEFAULT_PORTS, ...options.ports };
  const waiting = (pid: number) =>
    context.report({
      about: 'services',
      kind: 'note',
      message: `waiting for process ${pid}, which uses the same data folder`,
    });
  const started = await withLock(join(context.dataDir, 'starting.lock'), waiting, async () => {
    const results = await Promise.allSettled(
      options.want.map((name) => startOne(name, context, ports, options.configured)),
    );
    const failed = results.find((result) => result.status === 'rejected');
    const ok = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    if (failed) {
      await Promise.all(ok.map(({ handle }) => handle?.stop()));
      throw failed.reason;
    }
    return ok;
  });
  return {
    addresses: Object.assign({}, ...started.map(({ address }) => address)),
    get processes() {
      return started.flatMap(({ name, handle, pid }) => {
        const now = handle?.pid ?? pid;
        return now === undefined ? [] : [{ name, pid: now }];
      });
    },
    handle: (name) => started.find((server) => server.name === name)?.handle,
    stop: async () => {
      await Promise.all(started.map(({ handle }) => handle?.stop()));
    },
  };
}

export function servicesFolder(dataDir: string): string {
  return join(resolve(dataDir), 'services');
}

interface StartedServer {
  name: ServiceName;
  address: ServerPlan['address'];
  handle?: ServerHandle;
  pid?: number;
}

async function startOne(
  name: ServiceName,
  context: ServiceContext,
  ports: ServicePorts,
  configured: Partial<ServiceAddresses> | undefined,
): Promise<StartedServer> {
  const address = configuredAddress(name, configured);
  if (address) {
    context.report({ about: name, kind: 'note', message: 'configured address is used; no server is started' });
    return { name, address };
  }
  const running = await findRunning(name, context);
  if (running) return { name, address: running.address, pid: running.server.pid };
  const handle = await startServer(name, context, await planOf(name, context, ports));
  return { name, address: handle.address, handle };
}

async function planOf(name: ServiceName, context: ServiceContext, ports: ServicePorts): Promise<ServerPlan> {
  switch (name) {
    case 'temporal': {
      const temporal = await choosePort(ports.temporal, 'STRATA_TEMPORAL_PORT');
      const temporalUi = await choosePort(ports.temporalUi, 'STRATA_TEMPORAL_UI_PORT');
      return planTemporal(context, { temporal, temporalUi });
    }
    case 'postgres':
      return planPostgres(context, { postgres: await choosePort(ports.postgres, 'STRATA_POSTGRES_PORT') });
    case 'mongodb':
      return planMongo(context, { mongodb: await choosePort(ports.mongodb, 'STRATA_MONGODB_PORT') });
    case 's3':
      return planS3(context, { s3: await choosePort(ports.s3, 'STRATA_S3_PORT') });
  }
}

function configuredAddress(
  name: ServiceName,
  configured: Partial<ServiceAddresses> | undefined,
): ServerPlan['address'] | undefined {
  if (name === 'postgres' && configured?.postgresUrl) return { postgresUrl: configured.postgresUrl };
  if (name === 'mongodb' && configured?.mongodbUrl) return { mongodbUrl: configured.mongodbUrl };
  if (name === 's3' && configured?.s3) return { s3: configured.s3 };
  if (name === 'temporal' && configured?.temporal) {
    return { temporal: configured.temporal, temporalUi: configured.temporalUi ?? '' };
  }
  return undefined;
}
