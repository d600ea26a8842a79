import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own, to be filled to the last byte. */
export interface SmallDisk {
  readonly folder: string;
  fill(): void;
  /** Takes back what `fill` wrote. */
  clear(): void;
  unmount(): void;
}

/** Memory as a disk; undefined where this user may not mount. */
export function smallDisk(megabytes: number): SmallDisk | undefined {
  const parent = mkdtempSync(join(tmpdir(), 'strata-small-disk-'));
  const folder = join(parent, 'disk');
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    rmSync(parent, { recursive: true });
    return undefined;
  }
  const filler = join(folder, 'filler');
  return {
    folder,
    fill() {
      const file = openSync(filler, 'w');
      try {
        // Large pieces first, then what is left of a page.
        for (const bytes of [65_536, 4_096, 1]) while (wrote(file, bytes));
      } finally {
        closeSync(file);
      }
    },
    clear: () => rmSync(filler, { force: true }),
    unmount() {
      execFileSync('umount', ['-l', folder]);
      rmSync(parent, { recursive: true });
    },
  };
}

function wrote(file: number, bytes: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(bytes)) > 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}
