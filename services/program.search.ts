import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { StrataError } from '../core/errors.ts';
import { withLock } from './file.lock.ts';
import { reportStep, type ServiceReport } from './service.report.ts';
import type { Program, ServiceName } from './service.types.ts';

/** One way to come by a program. `obtain` resolves to undefined when this way does not apply here. */
export interface ProgramWay {
  /** For people: `PATH`, `cache`, `download`, `build with Go`. */
  how: string;
  /** True when it fetches or builds: announced, timed, and done by one process at a time. */
  slow?: boolean;
  obtain(progress: (line: string) => void): Promise<Program | undefined>;
}

export interface ProgramSearch {
  about: ServiceName;
  /** Quick ways first, slow ones after them. */
  ways: ProgramWay[];
  /** What a person should install or set when nothing works. */
  install: string;
  cacheDir: string;
  report: ServiceReport;
}

/** The absolute path of a program on PATH. */
export function onPath(name: string): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (!folder) continue;
    const path = join(folder, name);
    if (isProgram(path)) return path;
  }
  return undefined;
}

export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Tries the ways in order until one gives a program. A way that fails is reported and the next is tried; when none is
 * left the error names what each said and what to install. Slow ways run under a lock of the cache folder, so that two
 * first starts on one machine build once.
 */
export async function searchProgram(search: ProgramSearch): Promise<Program> {
  const { about, ways, report } = search;
  const quick = ways.filter((way) => !way.slow);
  const refusals: string[] = [];
  const found = await tryWays(quick, search, refusals);
  if (found) return found;
  const waiting = (pid: number) =>
    report({ about, kind: 'note', message: `waiting for process ${pid}, which is fetching the same program` });
  return withLock(join(search.cacheDir, 'locks', about), waiting, async () => {
    // Whoever held the lock before has probably filled the cache.
    const cached = await tryWays(quick, search, []);
    if (cached) return cached;
    const fetched = await tryWays(
      ways.filter((way) => way.slow),
      search,
      refusals,
    );
    if (fetched) return fetched;
    throw new StrataError('unreachable', `No ${about} server can be started here`, {
      kind: 'terminal',
      where: refusals.join('; '),
      hint: search.install,
    });
  });
}

async function tryWays(ways: ProgramWay[], search: ProgramSearch, refusals: string[]): Promise<Program | undefined> {
  for (const way of ways) {
    try {
      const program = way.slow
        ? await reportStep(search.report, search.about, way.how, way.obtain)
        : await way.obtain(() => {});
      if (program) return program;
      refusals.push(`${way.how}: not there`);
    } catch (error) {
      const refusal = `${way.how}: ${error instanceof Error ? error.message : String(error)}`;
      refusals.push(refusal);
      // A program that is there but unfit deserves a word; a slow way has reported its failure already.
      if (!way.slow) search.report({ about: search.about, kind: 'note', message: refusal });
    }
  }
  return undefined;
}
