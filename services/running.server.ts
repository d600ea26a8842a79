import { endProcess, isAlive } from './process.identity.ts';
import type { ServiceContext } from './service.context.ts';
import type { ServiceName } from './service.types.ts';
import { readState, record, type ServerRecord } from './state.file.ts';

/**
 * A server of this data folder that runs already. One whose starter has died (it was killed before it could clean up) is
 * ended here: nobody would ever stop it.
 */
export async function findRunning(name: ServiceName, context: ServiceContext): Promise<ServerRecord | undefined> {
  const entry = readState(context.dataDir)[name];
  if (!entry) return undefined;
  if (!isAlive(entry.server)) {
    record(context.dataDir, name, undefined);
    return undefined;
  }
  if (isAlive(entry.owner)) {
    const message = `${entry.label} is used as process ${entry.owner.pid} started it`;
    context.report({ about: name, kind: 'note', message });
    return entry;
  }
  const message = `ending process ${entry.server.pid}, left over from a start that was killed`;
  context.report({ about: name, kind: 'note', message });
  await endProcess(entry.server, entry.stopSignal);
  record(context.dataDir, name, undefined);
  return undefined;
}
