import { pinnedWays } from './cached.program.ts';
import { runCommand } from './command.run.ts';
import { onPath, searchProgram } from './program.search.ts';
import type { ServiceContext } from './service.context.ts';
import type { Program } from './service.types.ts';

/** Newer versions cannot be built with `go install`: their module replaces another one. */
const VERSION = '1.5.1';

/** The Temporal CLI, which holds the real server and its web UI. */
export async function findTemporal(context: ServiceContext): Promise<Program> {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const url = `https://temporal.download/cli/archive/v${VERSION}?platform=${process.platform}&arch=${arch}`;
  const pinned = {
    file: 'temporal',
    version: VERSION,
    title: 'Temporal CLI',
    archive: { url },
    goModule: 'github.com/temporalio/cli/cmd/temporal',
  };
  return searchProgram({
    about: 'temporal',
    ...context,
    install:
      'Set TEMPORAL_ADDRESS, put the Temporal CLI (docs.temporal.io/cli) on PATH, or install Go (go.dev/dl) and run again.',
    ways: [{ how: 'PATH', obtain: fromPath }, ...pinnedWays(pinned, context.cacheDir)],
  });
}

async function fromPath(): Promise<Program | undefined> {
  const command = onPath('temporal');
  if (!command) return undefined;
  const { stdout } = await runCommand(command, ['server', 'start-dev', '--help'], { timeoutMs: 20_000 });
  if (!stdout.includes('--search-attribute'))
    throw new Error(`${command} is no Temporal CLI with a development server`);
  const version = (await runCommand(command, ['--version'], { timeoutMs: 20_000 })).stdout;
  return { command, args: [], label: `Temporal CLI ${/version (\S+)/.exec(version)?.[1] ?? ''} (PATH)` };
}
