import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { bundleWorkflowCode, type Logger } from '@temporalio/worker';

interface Bundle {
  readonly code: string;
  /** What it was made of: path of each file -> hash of its content. */
  readonly files: Readonly<Record<string, string>>;
}

/** Of the bundler itself: another version of it may write other code. */
const BUNDLER = createRequire(import.meta.url).resolve('@temporalio/worker/package.json');

/**
 * The workflows below `entry` as one script, bundled only when one of their files has changed since they were kept. Not
 * by webpack's cache: where several workers start at once, that can wait for ever.
 * @param keptIn file; several workers may read and write it at once
 */
export async function bundleOf(entry: string, keptIn: string, logger: Logger): Promise<string> {
  const kept = await read(keptIn);
  if (kept && (await isOf(kept.files))) return kept.code;
  const began = Date.now();
  const used = new Set([BUNDLER]);
  const { code } = await bundleWorkflowCode({
    workflowsPath: entry,
    logger,
    webpackConfigHook: (config) => ({ ...config, plugins: [...(config.plugins ?? []), new FilesUsed(used)] }),
  });
  const files = await hashes(used, began);
  // For speed only: a folder that cannot be written must not keep a worker from its work.
  if (files) await keep(keptIn, { code, files }).catch(() => undefined);
  return code;
}

/** Collects what webpack reads. */
class FilesUsed {
  readonly #files: Set<string>;

  constructor(files: Set<string>) {
    this.#files = files;
  }

  apply(compiler: Compiler): void {
    compiler.hooks.afterCompile.tap('FilesUsed', ({ fileDependencies }) => {
      for (const file of fileDependencies) this.#files.add(file);
    });
  }
}

/** The part of webpack's that is used here; webpack is a dependency of Temporal's, not of ours. */
interface Compiler {
  readonly hooks: {
    readonly afterCompile: {
      tap(name: string, done: (compilation: { readonly fileDependencies: Iterable<string> }) => void): void;
    };
  };
}

/** @returns undefined when one of them may have changed while it was read for the bundle */
async function hashes(files: Iterable<string>, began: number): Promise<Record<string, string> | undefined> {
  const hashed: Record<string, string> = {};
  for (const file of files) {
    const found = await stat(file).catch(() => undefined);
    // Folders, and the bundler's own entry, which is in memory only.
    if (!found?.isFile()) continue;
    if (found.mtimeMs >= began) return undefined;
    hashed[file] = await hashOf(file);
  }
  return hashed;
}

async function isOf(files: Bundle['files']): Promise<boolean> {
  const same = async ([file, hash]: [string, string]) => (await hashOf(file).catch(() => undefined)) === hash;
  return (await Promise.all(Object.entries(files).map(same))).every(Boolean);
}

const hashOf = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

async function read(keptIn: string): Promise<Bundle | undefined> {
  try {
    return JSON.parse(await readFile(keptIn, 'utf8')) as Bundle;
  } catch {
    // Not there, or not whole: then it is bundled.
    return undefined;
  }
}

async function keep(keptIn: string, bundle: Bundle): Promise<void> {
  await mkdir(dirname(keptIn), { recursive: true });
  const written = `${keptIn}.${randomUUID()}`;
  try {
    await writeFile(written, JSON.stringify(bundle));
    await rename(written, keptIn);
  } catch (error) {
    await rm(written, { force: true });
    throw error;
  }
}
