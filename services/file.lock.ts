import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { identify, isAlive, type ProcessIdentity } from './process.identity.ts';

const POLL_MS = 200;

/**
 * Runs `work` while no other process holds the lock at `path`. A lock whose process has died is taken over.
 * It saves double work and keeps two starts apart; files written under it are renamed into place all the same.
 */
export async function withLock<T>(path: string, onWait: (pid: number) => void, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  let told = false;
  for (;;) {
    const holder = takeLock(path);
    if (!holder) break;
    if (!told) onWait(holder.pid);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** Takes the lock and returns undefined, or returns who holds it. */
function takeLock(path: string): ProcessIdentity | undefined {
  const mine = `${path}.${randomUUID()}`;
  writeFileSync(mine, JSON.stringify(identify(process.pid)));
  try {
    // A link appears with its content at once; an exclusive open would show an empty file first.
    linkSync(mine, path);
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(mine, { force: true });
  }
  const holder = readHolder(path);
  if (holder && isAlive(holder)) return holder;
  dropStale(path, holder);
  return takeLock(path);
}

function dropStale(path: string, seen: ProcessIdentity | undefined): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
    const moved = readHolder(aside);
    // Someone else may have dropped the stale lock and taken a new one in between: give it back.
    if (moved && moved.pid !== seen?.pid && isAlive(moved)) linkSync(aside, path);
  } catch {
    // Gone or given back by another: the next try looks again.
  } finally {
    rmSync(aside, { force: true });
  }
}

function readHolder(path: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
