import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessIdentity } from './process.identity.ts';
import type { AddressOf, ServiceName } from './service.types.ts';

/** A server that was started on this data folder and, unless its process has ended, still runs. */
export interface ServerRecord<N extends ServiceName = ServiceName> {
  server: ProcessIdentity;
  /** The process that started it and will stop it. */
  owner: ProcessIdentity;
  label: string;
  address: AddressOf[N];
  stopSignal: NodeJS.Signals;
}

export type ServiceState = Partial<Record<ServiceName, ServerRecord>>;

function pathOf(dataDir: string): string {
  return join(dataDir, 'running.json');
}

export function readState(dataDir: string): ServiceState {
  try {
    return JSON.parse(readFileSync(pathOf(dataDir), 'utf8')) as ServiceState;
  } catch {
    return {};
  }
}

/** Records a server, or forgets it. The file holds the servers' keys: its owner alone may read it. */
export function record(dataDir: string, name: ServiceName, entry: ServerRecord | undefined): void {
  const state = readState(dataDir);
  if (entry) state[name] = entry;
  else delete state[name];
  mkdirSync(dataDir, { recursive: true });
  const next = `${pathOf(dataDir)}.${process.pid}`;
  writeFileSync(next, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(next, pathOf(dataDir));
}
