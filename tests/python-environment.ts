import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { defaultCacheDir, fillCache } from '../services/cache.folder.ts';
import { withLock } from '../services/file.lock.ts';

const run = promisify(execFile);
const INSTALL_MILLIS = 600_000;

/** A Python with these packages (`deltalake==1.6.6`), made once and kept in the cache. */
export async function pythonWith(packages: readonly string[]): Promise<{ python: string } | { missing: string }> {
  const name = createHash('sha256').update(packages.join()).digest('hex').slice(0, 12);
  const folder = join(defaultCacheDir(), 'python', name);
  const python = join(folder, 'bin', 'python');
  try {
    await withLock(
      join(defaultCacheDir(), 'locks', `python-${name}`),
      () => {},
      async () => {
        if (existsSync(python)) return;
        await fillCache(folder, async (scratch) => {
          const made = join(scratch, 'venv');
          await run('python3', ['-m', 'venv', made], { timeout: INSTALL_MILLIS });
          await run(join(made, 'bin', 'python'), ['-m', 'pip', 'install', '-q', ...packages], {
            timeout: INSTALL_MILLIS,
          });
          return made;
        });
      },
    );
    return { python };
  } catch (error) {
    return { missing: (error as Error).message.split('\n')[0] ?? 'python3 is not here' };
  }
}
