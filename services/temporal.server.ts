import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { HOST } from './port.check.ts';
import type { ServerPlan } from './server.plan.ts';
import type { ServiceContext } from './service.context.ts';
import { findTemporal } from './temporal.program.ts';

/** What `strata` writes on its workflows, so that people can search for them in the UI. */
export const SEARCH_ATTRIBUTES = [
  'StrataPipeline',
  'StrataDataset',
  'StrataEnv',
  'StrataFrom',
  'StrataTo',
  'StrataState',
] as const;

/** A real Temporal server with its web UI; its state is in one file and survives a restart. */
export async function planTemporal(
  context: ServiceContext,
  ports: { temporal: number; temporalUi: number },
): Promise<ServerPlan<'temporal'>> {
  const program = await findTemporal(context);
  const folder = join(context.dataDir, 'temporal');
  mkdirSync(folder, { recursive: true });
  const address = `${HOST}:${ports.temporal}`;
  return {
    label: program.label,
    address: { temporal: address, temporalUi: `http://${HOST}:${ports.temporalUi}` },
    launch: {
      name: 'temporal',
      command: program.command,
      args: [
        ...program.args,
        ...[
          'server',
          'start-dev',
          '--ip',
          HOST,
          '--port',
          String(ports.temporal),
          '--ui-port',
          String(ports.temporalUi),
        ],
        ...['--db-filename', join(folder, 'temporal.db'), '--log-level', 'warn'],
        ...(context.durable ? [] : ['--sqlite-pragma', 'synchronous=OFF']),
        ...SEARCH_ATTRIBUTES.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
      ],
      ports: [
        { port: ports.temporal, setting: 'STRATA_DEV_TEMPORAL_PORT' },
        { port: ports.temporalUi, setting: 'STRATA_DEV_TEMPORAL_UI_PORT' },
      ],
      stopSignal: 'SIGTERM',
      readyTimeoutMs: 90_000,
      ready: () => answers(address),
    },
  };
}

async function answers(address: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: 2_000 });
  try {
    await connection.withDeadline(Date.now() + 3_000, () =>
      connection.workflowService.describeNamespace({ namespace: 'default' }),
    );
    await connection.withDeadline(Date.now() + 5_000, async () => {
      const known = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
      const missing = SEARCH_ATTRIBUTES.filter((name) => !(name in (known.customAttributes ?? {})));
      if (missing.length > 0) throw new Error(`search attributes are not registered yet: ${missing.join(', ')}`);
    });
  } finally {
    await connection.close();
  }
}
