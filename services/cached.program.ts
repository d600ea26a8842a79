import { join } from 'node:path';
import { downloadProgram } from './archive.download.ts';
import { buildWithGo } from './go.build.ts';
import { isProgram, type ProgramWay } from './program.search.ts';

/** A program of a fixed version that is kept in the cache folder. */
export interface PinnedProgram {
  /** The file's name in the archive, and of the program that Go installs. */
  file: string;
  version: string;
  /** For people: `Temporal CLI`. */
  title: string;
  /** The publisher's archive for this machine; undefined where there is none. */
  archive: { url: string; sha256Url?: string } | undefined;
  /** The Go module's command, without version. */
  goModule?: string;
}

/** Cache, the publisher's download, and a build where there is a Go module, in this order. */
export function pinnedWays(pinned: PinnedProgram, cacheDir: string): ProgramWay[] {
  const { file, version, title, archive, goModule } = pinned;
  const path = join(cacheDir, 'bin', `${file}-${version}`);
  const program = (from: string) => ({ command: path, args: [], label: `${title} ${version} (${from})` });
  const ways: ProgramWay[] = [
    { how: 'cache', obtain: async () => (isProgram(path) ? program('cache') : undefined) },
    {
      how: `downloading ${title} ${version}`,
      slow: true,
      obtain: async (progress) => {
        if (!archive) throw new Error('no archive is published for this system');
        await downloadProgram({ ...archive, program: file }, path, progress);
        return program('downloaded');
      },
    },
  ];
  if (goModule === undefined) return ways;
  return [
    ...ways,
    {
      how: `building ${title} ${version} with Go (minutes, only once)`,
      slow: true,
      obtain: async (progress) => {
        await buildWithGo(`${goModule}@v${version}`, path, progress);
        return program('built with Go');
      },
    },
  ];
}
