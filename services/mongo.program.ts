import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { downloadProgram } from './archive.download.ts';
import { runCommand } from './command.run.ts';
import { buildStandIn, cachedStandIn } from './mongo.standin.ts';
import { isProgram, onPath, searchProgram } from './program.search.ts';
import type { ServiceContext } from './service.context.ts';
import type { Program } from './service.types.ts';

const VERSION = '8.0.12';

/** The real mongod, or a stand-in that speaks its protocol; they take different arguments. */
export interface MongoProgram extends Program {
  real: boolean;
}

/** `keep` asks for the kind that wrote the data folder: neither can read the other's files. */
export async function findMongo(context: ServiceContext, keep: 'real' | 'stand-in' | undefined): Promise<MongoProgram> {
  const cached = join(context.cacheDir, 'bin', `mongod-${VERSION}`);
  const url = officialArchive();
  const real = (program: Program | undefined) => program && { ...program, real: true };
  const standIn = (program: Program | undefined) => program && { ...program, real: false };
  const program = await searchProgram({
    about: 'mongodb',
    cacheDir: context.cacheDir,
    report: context.report,
    install:
      'Set MONGODB_URL, install MongoDB Community Server (mongod on PATH), or install Java 17 with Maven for the stand-in.' +
      (keep
        ? ` The data folder was written by the ${keep === 'real' ? 'real mongod' : 'stand-in'}; --reset starts afresh.`
        : ''),
    ways: [
      { how: 'PATH', obtain: async () => (keep === 'stand-in' ? undefined : real(await fromPath())) },
      {
        how: 'cache',
        obtain: async () =>
          keep !== 'stand-in' && isProgram(cached)
            ? real({ command: cached, args: [], label: `MongoDB ${VERSION} (cache)` })
            : undefined,
      },
      {
        how: 'cached stand-in',
        obtain: async () => (keep === 'real' ? undefined : standIn(cachedStandIn(context.cacheDir))),
      },
      {
        how: `downloading MongoDB ${VERSION}`,
        slow: true,
        obtain: async (progress) => {
          if (keep === 'stand-in') return undefined;
          if (!url) throw new Error('MongoDB publishes no archive for this system that we know of');
          const command = await downloadProgram(
            { url, sha256Url: `${url}.sha256`, program: 'mongod' },
            cached,
            progress,
          );
          return real({ command, args: [], label: `MongoDB ${VERSION} (download)` });
        },
      },
      {
        how: 'building the MongoDB stand-in with Maven and javac',
        slow: true,
        obtain: async (progress) =>
          keep === 'real' ? undefined : standIn(await buildStandIn(context.cacheDir, progress)),
      },
    ],
  });
  return program as MongoProgram;
}

async function fromPath(): Promise<Program | undefined> {
  const command = onPath('mongod');
  if (!command) return undefined;
  const { stdout } = await runCommand(command, ['--version'], { timeoutMs: 20_000 });
  const version = /db version v(\S+)/.exec(stdout)?.[1];
  if (!version) throw new Error(`${command} does not say its version`);
  return { command, args: [], label: `MongoDB ${version} (PATH)` };
}

/** Linux archives are built per distribution. */
function officialArchive(): string | undefined {
  const arch = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const base = 'https://fastdl.mongodb.org';
  if (process.platform === 'darwin') {
    return `${base}/osx/mongodb-macos-${arch === 'aarch64' ? 'arm64' : arch}-${VERSION}.tgz`;
  }
  const target = process.platform === 'linux' ? linuxTarget(arch) : undefined;
  return target && `${base}/linux/mongodb-linux-${arch}-${target}-${VERSION}.tgz`;
}

function linuxTarget(arch: string): string | undefined {
  const release = readFileSync('/etc/os-release', 'utf8');
  const value = (key: string) => new RegExp(`^${key}="?([^"\\n]*)`, 'm').exec(release)?.[1] ?? '';
  const [id, version] = [value('ID'), value('VERSION_ID')];
  if (id === 'ubuntu') return Number(version) >= 24 ? 'ubuntu2404' : 'ubuntu2204';
  if (id === 'debian') return Number(version) >= 12 && arch === 'x86_64' ? 'debian12' : undefined;
  if (id === 'amzn') return 'amazon2023';
  if (/rhel|centos|fedora|rocky|almalinux/.test(`${id} ${value('ID_LIKE')}`)) {
    // Fedora's numbers are its own; its libraries are newer than those of RHEL 9.
    return id !== 'fedora' && version.startsWith('8') ? 'rhel8' : arch === 'aarch64' ? 'rhel9' : 'rhel93';
  }
  return undefined;
}
