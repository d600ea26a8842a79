import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { downloadProgram } from './archive.download.ts';
import { runCommand } from './command.run.ts';
import { buildWithGo } from './go.build.ts';
import { HOST } from './port.check.ts';
import { isProgram, onPath, searchProgram } from './program.search.ts';
import type { ServerPlan } from './server.plan.ts';
import type { ServiceContext } from './service.context.ts';
import type { Program } from './service.types.ts';

/** Newer versions cannot be built with `go install`: their module replaces another one. */
const VERSION = '1.5.1';

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
        ...SEARCH_ATTRIBUTES.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
      ],
      ports: [
        { port: ports.temporal, setting: 'STRATA_TEMPORAL_PORT' },
        { port: ports.temporalUi, setting: 'STRATA_TEMPORAL_UI_PORT' },
      ],
      stopSignal: 'SIGTERM',
      readyTimeoutMs: 90_000,
      ready: () => answers(address),
    },
  };
}

async function findTemporal(context: ServiceContext): Promise<Program> {
  const cached = join(context.cacheDir, 'bin', `temporal-${VERSION}`);
  const label = (from: string) => `Temporal CLI ${VERSION} (${from})`;
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const url = `https://temporal.download/cli/archive/v${VERSION}?platform=${process.platform}&arch=${arch}`;
  return searchProgram({
    about: 'temporal',
    cacheDir: context.cacheDir,
    report: context.report,
    install:
      'Set TEMPORAL_ADDRESS, install the Temporal CLI (docs.temporal.io/cli) on PATH, or install Go and run again.',
    ways: [
      { how: 'PATH', obtain: async () => fromPath() },
      {
        how: 'cache',
        obtain: async () => (isProgram(cached) ? { command: cached, args: [], label: label('cache') } : undefined),
      },
      {
        how: `downloading Temporal CLI ${VERSION}`,
        slow: true,
        obtain: async (progress) => {
          const command = await downloadProgram({ url, program: 'temporal' }, cached, progress);
          return { command, args: [], label: label('download') };
        },
      },
      {
        how: `building Temporal CLI ${VERSION} with Go (some minutes, once)`,
        slow: true,
        obtain: async (progress) => {
          const command = await buildWithGo(`github.com/temporalio/cli/cmd/temporal@v${VERSION}`, cached, progress);
          return command ? { command, args: [], label: label('built with Go') } : undefined;
        },
      },
    ],
  });
}

async function fromPath(): Promise<Program | undefined> {
  const command = onPath('temporal');
  if (!command) return undefined;
  const { stdout } = await runCommand(command, ['server', 'start-dev', '--help'], { timeoutMs: 20_000 });
  if (!stdout.includes('--search-attribute'))
    throw new Error(`${command} is no Temporal CLI with a development server`);
  const version = (await runCommand(command, ['--version'], { timeoutMs: 20_000 })).stdout.trim();
  return { command, args: [], label: `${version} (PATH)` };
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
