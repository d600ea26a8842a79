import { pinnedWays } from './cached.program.ts';
import { runCommand } from './command.run.ts';
import { onPath, searchProgram } from './program.search.ts';
import type { ServiceContext } from './service.context.ts';
import type { Program } from './service.types.ts';

const VERSION = '1.8.0';

/** versitygw: an S3 server over a folder, with conditional writes. */
export async function findVersitygw(context: ServiceContext): Promise<Program> {
  const os = process.platform === 'darwin' ? 'Darwin' : 'Linux';
  const archive = `versitygw_v${VERSION}_${os}_${process.arch === 'x64' ? 'x86_64' : process.arch}.tar.gz`;
  const pinned = {
    file: 'versitygw',
    version: VERSION,
    title: 'versitygw',
    archive: { url: `https://github.com/versity/versitygw/releases/download/v${VERSION}/${archive}` },
    goModule: 'github.com/versity/versitygw/cmd/versitygw',
  };
  return searchProgram({
    about: 's3',
    ...context,
    install: 'Set STRATA_S3_ENDPOINT and its keys, put versitygw on PATH, or install Go (go.dev/dl) and run again.',
    ways: [{ how: 'PATH', obtain: fromPath }, ...pinnedWays(pinned, context.cacheDir)],
  });
}

async function fromPath(): Promise<Program | undefined> {
  const command = onPath('versitygw');
  if (!command) return undefined;
  const { stdout } = await runCommand(command, ['--help'], { timeoutMs: 20_000 });
  if (!stdout.includes('posix')) throw new Error(`${command} is no Versity gateway`);
  return { command, args: [], label: 'versitygw (PATH)' };
}
