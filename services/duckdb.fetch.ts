import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { fillCache } from './cache.folder.ts';
import { runCommand } from './command.run.ts';
import { onPath } from './program.search.ts';
import { reportStep, type ServiceReport } from './service.report.ts';

export type ExtensionName = 'postgres_scanner' | 'httpfs' | 'delta' | 'tpcds';

const INSTALL_TIMEOUT_MS = 90_000;

/** The version and platform that an extension file must be made for. */
export interface DuckdbBuild {
  version: string;
  platform: string;
}

/** Undefined when the file is there; otherwise what each way said. */
export async function fetchExtension(
  name: ExtensionName,
  build: DuckdbBuild,
  target: string,
  report: ServiceReport,
): Promise<string | undefined> {
  if (existsSync(target)) return undefined;
  const installed = existsSync(installedFile(name, build)) ? { 'installed before': fromInstallation } : {};
  const ways: Record<string, typeof fromWheel> = { ...installed, INSTALL: byInstall, 'PyPI wheel': fromWheel };
  const refusals: string[] = [];
  const attempt = (way: typeof fromWheel, progress: (line: string) => void) =>
    fillCache(target, async (scratch) => {
      const file = await way(name, build, scratch, progress);
      await load(file);
      return file;
    });
  for (const [how, way] of Object.entries(ways)) {
    try {
      await reportStep(report, 'duckdb', `${name}: ${how}`, (progress) => attempt(way, progress));
      return undefined;
    } catch (error) {
      refusals.push(`${how}: ${(error instanceof Error ? error.message : String(error)).split('\n')[0]}`);
    }
  }
  return refusals.join('; ');
}

function installedFile(name: ExtensionName, build: DuckdbBuild): string {
  return join(homedir(), '.duckdb', 'extensions', build.version, build.platform, `${name}.duckdb_extension`);
}

async function fromInstallation(name: ExtensionName, build: DuckdbBuild, scratch: string): Promise<string> {
  const copy = join(scratch, `${name}.duckdb_extension`);
  copyFileSync(installedFile(name, build), copy);
  return copy;
}

async function byInstall(name: ExtensionName, build: DuckdbBuild, scratch: string): Promise<string> {
  const instance = await DuckDBInstance.create(':memory:', { extension_directory: scratch });
  const connection = await instance.connect();
  // An interrupt reaches DuckDB between two reads of the network.
  const timer = setTimeout(() => connection.interrupt(), INSTALL_TIMEOUT_MS);
  try {
    await connection.run(`INSTALL ${name}`);
  } finally {
    clearTimeout(timer);
    connection.closeSync();
    instance.closeSync();
  }
  return join(scratch, build.version, build.platform, `${name}.duckdb_extension`);
}

async function fromWheel(
  name: ExtensionName,
  build: DuckdbBuild,
  scratch: string,
  progress: (line: string) => void,
): Promise<string> {
  const python = onPath('python3') ?? onPath('python');
  if (!python) throw new Error('python3 is not on PATH');
  const requirement = `duckdb-extension-${name.replaceAll('_', '-')}==${build.version.replace(/^v/, '')}`;
  const download = ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--disable-pip-version-check'];
  const patience = ['--retries', '1', '--timeout', '15'];
  await runCommand(python, [...download, ...patience, '-d', scratch, requirement], {
    timeoutMs: 300_000,
    onLine: progress,
  });
  const wheel = readdirSync(scratch).find((file) => file.endsWith('.whl'));
  if (!wheel) throw new Error('pip gave no wheel');
  await runCommand(python, ['-m', 'zipfile', '-e', join(scratch, wheel), scratch], { timeoutMs: 120_000 });
  const inside = readdirSync(scratch, { recursive: true, encoding: 'utf8' });
  const found = inside.find((path) => path.endsWith(`${name}.duckdb_extension`));
  if (!found) throw new Error(`the wheel holds no ${name}.duckdb_extension`);
  return join(scratch, found);
}

/** An extension of another version or platform must not get into the cache. */
async function load(file: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run(`LOAD '${file.replaceAll("'", "''")}'`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** What this process is linked with. */
export async function duckdbBuild(): Promise<DuckdbBuild> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const version = await connection.runAndReadAll('SELECT library_version FROM pragma_version()');
    const platform = await connection.runAndReadAll('PRAGMA platform');
    return { version: String(version.getRows()[0]?.[0]), platform: String(platform.getRows()[0]?.[0]) };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
