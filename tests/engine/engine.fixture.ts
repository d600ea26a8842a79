import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { StrataError } from '../../core/errors.ts';
import { openSession, type Session, type SessionOptions } from '../../engine/session.ts';

/** A session for a whole test file, and a folder that goes with it. */
export function useSession(options: Partial<SessionOptions> = {}) {
  const folder = useFolder();
  const used = { folder, session: undefined as unknown as Session };
  beforeAll(async () => {
    used.session = await openSession({ memoryLimit: '500MB', threads: 2, tempDirectory: folder, ...options });
  });
  afterAll(() => used.session.close());
  return used;
}

export function useFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'strata-engine-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The StrataError that the work fails with; anything else fails the test. */
export async function failureOf(work: Promise<unknown> | (() => unknown)): Promise<StrataError> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    if (error instanceof StrataError) return error;
    throw error;
  }
  throw new Error('It did not fail');
}

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
