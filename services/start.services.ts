import { join, resolve } from 'node:path';
import { StrataError } from '../core/errors.ts';
import { defaultCacheDir } from './cache.folder.ts';
import { checkConfigured, configuredAddress } from './configured.address.ts';
import { withLock } from './file.lock.ts';
import { findRunning } from './running.server.ts';
import { type ServerHandle, startServer } from './server.handle.ts';
import type { ServerPlan } from './server.plan.ts';
import { choosePorts, planOf } from './server.plans.ts';
import type { ServiceContext } from './service.context.ts';
import type { ServiceReport } from './service.report.ts';
import {
  type AddressesFor,
  DEFAULT_PORTS,
  type ServiceAddresses,
  type ServiceName,
  type ServicePorts,
} from './service.types.ts';

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
  const waiting = (pid: number) => {
    const message = `waiting for process ${pid}, which starts servers on the same data folder`;
    context.report({ about: 'services', kind: 'note', message });
  };
  const started = await withLock(join(context.dataDir, 'starting.lock'), waiting, () =>
    startAll(options.want, context, ports, options.configured ?? {}),
  );
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

/** Starts all or none: when one fails, those that came up are stopped again. */
async function startAll(
  want: readonly ServiceName[],
  context: ServiceContext,
  wantedPorts: ServicePorts,
  configured: Partial<ServiceAddresses>,
): Promise<StartedServer[]> {
  const there: StartedServer[] = [];
  const missing: { name: ServiceName; ports: ServicePorts }[] = [];
  for (const name of new Set(want)) {
    const found = await findThere(name, context, configured);
    if (found) there.push(found);
    else missing.push({ name, ports: await choosePorts(name, wantedPorts) });
  }
  const results = await Promise.allSettled(
    missing.map(async ({ name, ports }): Promise<StartedServer> => {
      const handle = await startServer(name, context, await planOf(name, context, ports));
      return { name, address: handle.address, handle };
    }),
  );
  const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  if (failures.length === 0) return [...there, ...started];
  await Promise.all(started.map(({ handle }) => handle?.stop()));
  throw failures.length === 1 ? failures[0] : allOf(failures);
}

/** A server that need not be started: configured, or running already. */
async function findThere(
  name: ServiceName,
  context: ServiceContext,
  configured: Partial<ServiceAddresses>,
): Promise<StartedServer | undefined> {
  const address = configuredAddress(name, configured);
  if (address) {
    await checkConfigured(name, address);
    context.report({ about: name, kind: 'note', message: 'the configured address answers; no server is started' });
    return { name, address };
  }
  const running = await findRunning(name, context);
  return running && { name, address: running.address, pid: running.server.pid };
}

function allOf(failures: unknown[]): StrataError {
  const texts = failures.map((failure) => (failure instanceof StrataError ? failure.describe() : String(failure)));
  return new StrataError('unreachable', texts.join('\n'), { kind: 'terminal' });
}
