import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

/** Where downloaded and built programs are kept: STRATA_CACHE, else the user's cache folder. */
export function defaultCacheDir(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return resolve(env.STRATA_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'strata'));
}

/**
 * Lets `fill` make a file or folder in a scratch folder and renames it to `target` when it is complete, so that a
 * killed download or build never leaves half a program. `fill` returns the path of what it made.
 */
export async function fillCache(target: string, fill: (scratch: string) => Promise<string>): Promise<string> {
  mkdirSync(dirname(target), { recursive: true });
  const scratch = mkdtempSync(join(dirname(target), `.new-${basename(target)}-`));
  try {
    const made = await fill(scratch);
    rmSync(target, { recursive: true, force: true });
    renameSync(made, target);
    return target;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
