import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServices } from '../../services/start.services.ts';

/** A Temporal server of one test, to be killed. Its state is in a file. */
export interface OwnTemporal {
  readonly address: string;
  /** Sends SIGKILL at once; resolves when the process is gone. */
  killNow(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function ownTemporal(): Promise<OwnTemporal> {
  const dataDir = mkdtempSync(join(tmpdir(), 'strata-own-temporal-'));
  const services = await startServices({ want: ['temporal'], dataDir, ports: { temporal: 0, temporalUi: 0 } });
  const handle = services.handle('temporal')!;
  return {
    address: services.addresses.temporal,
    killNow: () => handle.kill(),
    restart: () => handle.restart(),
    async stop() {
      await services.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
