import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { StrataError } from '../core/errors.ts';
import { identify } from '../services/process.identity.ts';
import { printReport } from '../services/service.report.ts';
import { SERVICE_NAMES, type ServiceName } from '../services/service.types.ts';
import { type RunningServices, startServices } from '../services/start.services.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where test files ask for a server; it is started at the first question and stopped after the last test. */
    testServersUrl: string;
  }
}

const PREFIX = 'strata-tests-';

/** One server of each kind for the whole test run, and only of the kinds that some test asks for. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  dropLeftovers();
  const dataDir = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const started = new Map<ServiceName, Promise<RunningServices>>();
  const start = (name: ServiceName) => {
    const services = started.get(name) ?? startOnFreePorts(name, join(dataDir, name));
    started.set(name, services);
    return services;
  };
  const broker = createServer(async (request, response) => {
    const name = SERVICE_NAMES.find((known) => request.url === `/${known}`);
    const answer = name
      ? await start(name).then(
          (services) => ({ available: true, ...services.addresses }),
          (error) => ({ available: false, reason: error instanceof StrataError ? error.describe() : String(error) }),
        )
      : { available: false, reason: `there is no server ${request.url}` };
    response.end(JSON.stringify(answer));
  });
  // The first start on a machine may build for minutes.
  broker.requestTimeout = 0;
  await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));
  project.provide('testServersUrl', `http://127.0.0.1:${(broker.address() as AddressInfo).port}`);
  return async () => {
    broker.close();
    broker.closeAllConnections();
    const running = await Promise.allSettled(started.values());
    await Promise.all(running.map((server) => (server.status === 'fulfilled' ? server.value.stop() : undefined)));
    rmSync(dataDir, { recursive: true, force: true });
  };
}

/** A killed run leaves its folder; its servers are gone with it. */
function dropLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split('-')[0]) : 0;
    if (pid > 0 && !identify(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function startOnFreePorts(name: ServiceName, dataDir: string): Promise<RunningServices> {
  return startServices({
    want: [name],
    dataDir,
    ports: { temporal: 0, temporalUi: 0, postgres: 0, mongodb: 0, s3: 0, snowflake: 0 },
    durable: false,
    report: printReport(console.log),
  });
}
