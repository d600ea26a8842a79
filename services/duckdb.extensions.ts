import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { defaultCacheDir } from './cache.folder.ts';
import { duckdbBuild, type ExtensionName, fetchExtension } from './duckdb.fetch.ts';
import { withLock } from './file.lock.ts';
import type { ServiceReport } from './service.report.ts';

export interface ExtensionOptions {
  names: readonly ExtensionName[];
  cacheDir?: string;
  report?: ServiceReport;
}

export interface ExtensionFolder {
  /** Holds `<name>.duckdb_extension` for each extension that could be had; what the engine's setting wants. */
  folder: string;
  found: ExtensionName[];
  /** Why not, for each that could not. The engine then takes its slower paths. */
  missing: Partial<Record<ExtensionName, string>>;
}

/**
 * Brings DuckDB's extensions of exactly the linked version into the cache folder: from there, from the user's own
 * installation, with INSTALL, or out of the PyPI wheel. None of them is a requirement.
 */
export async function resolveDuckdbExtensions(options: ExtensionOptions): Promise<ExtensionFolder> {
  const cacheDir = options.cacheDir ?? defaultCacheDir();
  const report = options.report ?? (() => {});
  const build = await duckdbBuild();
  const folder = join(cacheDir, 'duckdb-extensions', build.version);
  mkdirSync(folder, { recursive: true });
  const result: ExtensionFolder = { folder, found: [], missing: {} };
  const waiting = (pid: number) =>
    report({ about: 'duckdb', kind: 'note', message: `waiting for process ${pid}, which fetches extensions` });
  for (const name of options.names) {
    const target = join(folder, `${name}.duckdb_extension`);
    const problem = existsSync(target)
      ? undefined
      : await withLock(join(cacheDir, 'locks', `duckdb-${name}`), waiting, () =>
          fetchExtension(name, build, target, report),
        );
    if (problem === undefined) result.found.push(name);
    else result.missing[name] = problem;
  }
  return result;
}
