import { readFileSync } from 'node:fs';
import { pinnedWays } from './cached.program.ts';
import { runCommand } from './command.run.ts';
import { standInWays } from './mongo.standin.ts';
import { onPath, type ProgramWay, searchProgram } from './program.search.ts';
import type { ServiceContext } from './service.context.ts';
import type { Program } from './service.types.ts';

const VERSION = '8.0.12';

/** The real mongod, or a stand-in that speaks its protocol; they take different arguments. */
export interface MongoProgram extends Program {
  real: boolean;
}

/** `keep` asks for the kind that wrote the data folder: neither can read the other's files. */
export async function findMongo(context: ServiceContext, keep: 'real' | 'stand-in' | undefined): Promise<MongoProgram> {
  const url = officialArchive();
  const archive = url === undefined ? undefined : { url, sha256Url: `${url}.sha256` };
  const pinned = pinnedWays({ file: 'mongod', version: VERSION, title: 'MongoDB', archive }, context.cacheDir);
  const real = [{ how: 'PATH', obtain: fromPath }, ...pinned].map((way) => tagged(way, true));
  const standIn = standInWays(context.cacheDir).map((way) => tagged(way, false));
  const program = await searchProgram({
    about: 'mongodb',
    ...context,
    install:
      'Set MONGODB_URL, put mongod (MongoDB Community Server) on PATH, or install Java 17 and Maven for the stand-in.' +
      (keep
        ? ` The data was written by the ${keep === 'real' ? 'real mongod' : 'stand-in'}; --reset starts afresh.`
        : ''),
    ways: [...(keep === 'stand-in' ? [] : real), ...(keep === 'real' ? [] : standIn)],
  });
  return program as MongoProgram;
}

function tagged(way: ProgramWay, real: boolean): ProgramWay {
  const obtain = async (progress: (line: string) => void) => {
    const program = await way.obtain(progress);
    return program && ({ ...program, real } as MongoProgram);
  };
  return { ...way, obtain };
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
