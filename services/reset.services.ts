import { rmSync } from 'node:fs';
import { StrataError } from '../core/errors.ts';
import { endProcess, isAlive } from './process.identity.ts';
import { servicesFolder } from './start.services.ts';
import { readState } from './state.file.ts';

/**
 * Deletes what the development servers keep in the data folder: databases, buckets, workflows, keys, logs. Servers left
 * over from a killed start are ended first; servers that somebody still uses are an error.
 */
export async function resetServices(dataDir: string): Promise<void> {
  const folder = servicesFolder(dataDir);
  const running = Object.values(readState(folder)).filter((entry) => isAlive(entry.server));
  const used = running.find((entry) => isAlive(entry.owner));
  if (used) {
    throw new StrataError('conflict', `${used.label} is in use by process ${used.owner.pid}`, {
      kind: 'terminal',
      where: folder,
      hint: `Stop that process first (Ctrl-C in its terminal, or kill ${used.owner.pid}), then reset again.`,
    });
  }
  await Promise.all(running.map((entry) => endProcess(entry.server, entry.stopSignal)));
  rmSync(folder, { recursive: true, force: true });
}
