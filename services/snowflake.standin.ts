import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fillCache } from './cache.folder.ts';
import { runCommand } from './command.run.ts';
import { onPath, type ProgramWay, searchProgram } from './program.search.ts';
import type { ServiceContext } from './service.context.ts';
import type { Program } from './service.types.ts';
import { STAND_IN_PACKAGES, STAND_IN_PYTHON, STAND_IN_VERSION } from './snowflake.standin.source.ts';

const PYTHONS = ['python3', 'python', 'python3.13', 'python3.12', 'python3.11'];
/** What fakesnow wants. */
const NEW_ENOUGH = 'import sys, venv; sys.exit(sys.version_info < (3, 11))';

/** The stand-in over fakesnow, its packages installed by pip into a folder of the cache. */
export async function findSnowflakeStandIn(context: ServiceContext): Promise<Program> {
  const folder = join(context.cacheDir, `snowflake-stand-in-${STAND_IN_VERSION}`);
  const ways: ProgramWay[] = [
    { how: 'cached stand-in', obtain: async () => (existsSync(python(folder)) ? program(folder, context) : undefined) },
    {
      how: 'installing the Snowflake stand-in with pip (a minute, only once)',
      slow: true,
      obtain: async (progress) => {
        await install(folder, progress);
        return program(folder, context);
      },
    },
  ];
  return searchProgram({
    about: 'snowflake',
    ...context,
    install: 'Install Python 3.11 or newer with venv and pip, and let it reach a package index.',
    ways,
  });
}

const python = (folder: string): string => join(folder, 'venv', 'bin', 'python');

async function install(folder: string, progress: (line: string) => void): Promise<void> {
  const base = await usablePython();
  await fillCache(folder, async (scratch) => {
    const made = join(scratch, 'made');
    await runCommand(base, ['-m', 'venv', join(made, 'venv')], { timeoutMs: 120_000, onLine: progress });
    const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--retries', '1', '--timeout', '30'];
    await runCommand(python(made), [...pip, ...STAND_IN_PACKAGES], { timeoutMs: 600_000, onLine: progress });
    return made;
  });
}

/** Written at each start: the program is this version's, whoever filled the cache. */
function program(folder: string, { dataDir }: ServiceContext): Program {
  const script = join(dataDir, 'snowflake_stand_in.py');
  writeFileSync(script, STAND_IN_PYTHON);
  return {
    command: python(folder),
    args: [script],
    label: `Snowflake stand-in (fakesnow ${STAND_IN_VERSION}: proves the protocol, not Snowflake)`,
  };
}

/** A program of that name may be a shim for a version that is not there. */
async function usablePython(): Promise<string> {
  for (const name of PYTHONS) {
    const path = onPath(name);
    if (!path) continue;
    try {
      await runCommand(path, ['-c', NEW_ENOUGH], { timeoutMs: 20_000 });
      return path;
    } catch {
      // The next one may be newer.
    }
  }
  throw new Error('there is no Python 3.11 or newer on PATH');
}
