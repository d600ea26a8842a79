import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ServiceName } from '../../services/service.types.ts';
import { type RunningServices, type StartOptions, startServices } from '../../services/start.services.ts';

export const FREE_PORTS = { temporal: 0, temporalUi: 0, postgres: 0, mongodb: 0, s3: 0, snowflake: 0 };

/** A data folder that is deleted after the test. */
export function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'strata-services-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Servers that only this test uses, to be killed and restarted; stopped after it. */
export async function ownServices<W extends ServiceName>(
  options: Partial<StartOptions<W>> & { want: readonly W[]; dataDir: string },
): Promise<RunningServices<W>> {
  const services = await startServices({ ports: FREE_PORTS, durable: false, ...options });
  onTestFinished(() => services.stop());
  return services;
}
