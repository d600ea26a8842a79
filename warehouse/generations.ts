import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StrataError } from '../core/errors.ts';
import { createExclusively, errorCode, renameDurably } from './durable-file.ts';

/**
 * The files of one DuckDB warehouse. Its file is never changed in place: each publication prepares the next generation
 * beside it, announces it and renames it over.
 *
 * ```
 * analytics.duckdb                       what readers open
 * analytics.next/<attempt>.duckdb        generations being prepared, one file per attempt
 * analytics.cuts/000000000042.json       generation 42 is announced: names its prepared file
 * ```
 *
 * Why this holds, whoever dies or sleeps at any point:
 * - Announcing generation n creates marker n exclusively, so one attempt wins it. It was prepared from n-1 (or from the
 *   newest one below n that was installed), so nobody's publication is lost.
 * - Only the newest marker can name a file that still waits: a later one is announced on top of an installed one only.
 *   Whoever finds such a file renames it. A prepared file has a name of its own, so it can be renamed once and never
 *   again: somebody who wakes up late finds nothing to rename.
 * - A marker whose file is gone while the warehouse is still the older generation can never be installed (its file was
 *   cleaned away while its owner slept, or a backup of the warehouse was restored). It is skipped; its owner finds that
 *   the warehouse does not hold its attempt and starts again.
 * - Markers are never deleted: a number must stay taken, or a sleeper could announce an old generation again.
 */
export interface GenerationFiles {
  /** The warehouse file. */
  readonly current: string;
  /** Folder of prepared files. */
  readonly next: string;
  /** Folder of markers. */
  readonly cuts: string;
}

export interface Marker {
  readonly generation: number;
  /** Name of the prepared file within the folder. */
  readonly prepared: string;
  readonly schema: string;
  readonly pipeline: string;
  readonly cut: number;
}

export async function openGenerations(path: string): Promise<GenerationFiles> {
  const base = join(dirname(path), basename(path).replace(/\.duckdb$/, ''));
  const files = { current: path, next: `${base}.next`, cuts: `${base}.cuts` };
  await makeFolders(files);
  return files;
}

const markerPath = (files: GenerationFiles, generation: number): string =>
  join(files.cuts, `${String(generation).padStart(12, '0')}.json`);

async function readMarker(files: GenerationFiles, generation: number): Promise<Marker | undefined> {
  const path = markerPath(files, generation);
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Marker;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new StrataError('corrupt', `The marker ${path} cannot be read`, {
      where: path,
      hint: 'Restore it; markers are written whole and never changed.',
      cause: error,
    });
  }
}

async function makeFolders(files: GenerationFiles): Promise<void> {
  try {
    await mkdir(files.next, { recursive: true });
    await mkdir(files.cuts, { recursive: true });
  } catch (cause) {
    throw new StrataError('access_denied', `The warehouse's folders cannot be created: ${files.next}, ${files.cuts}`, {
      where: files.current,
      hint: 'Create the folder of the warehouse and let the worker write in it.',
      cause,
    });
  }
}

/** Finishes the newest announced generation where its announcer did not. To be called before anything else. */
export async function settle(files: GenerationFiles): Promise<void> {
  // Lost with the warehouse while this worker lived: it is made again.
  await makeFolders(files);
  const newest = (await readdir(files.cuts))
    .filter((name) => /^\d{12}\.json$/.test(name))
    .sort()
    .at(-1);
  const marker = newest && (await readMarker(files, Number.parseInt(newest, 10)));
  if (marker) await install(files, marker);
}

/** @returns false when the prepared file is not there: somebody renamed it, or it was cleaned away. */
export async function install(files: GenerationFiles, marker: Pick<Marker, 'prepared'>): Promise<boolean> {
  const prepared = join(files.next, marker.prepared);
  if (!(await exists(prepared))) return false;
  await setAsideForeignLog(files, marker);
  return renameDurably(prepared, files.current);
}

/**
 * Somebody who opened the warehouse for writing may have left a write-ahead log; DuckDB would apply it to the next
 * generation, which it does not belong to.
 */
async function setAsideForeignLog(files: GenerationFiles, marker: Pick<Marker, 'prepared'>): Promise<void> {
  const log = `${files.current}.wal`;
  try {
    await rename(log, join(files.next, `${marker.prepared}.foreign-wal`));
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/**
 * The number to announce for a file prepared from generation `base`.
 * @param generationNow reads the warehouse's generation now
 * @returns undefined when another generation came meanwhile: prepare again.
 */
export async function nextGeneration(
  files: GenerationFiles,
  base: number,
  generationNow: () => Promise<number>,
): Promise<number | undefined> {
  for (let generation = base + 1; ; generation++) {
    const marker = await readMarker(files, generation);
    if (!marker) return generation;
    if (await exists(join(files.next, marker.prepared))) return undefined;
    // Asked after the file was found missing: had it been renamed, the warehouse would show it by now.
    if ((await generationNow()) !== base) return undefined;
  }
}

/** @returns false when another attempt has this generation. */
export function announce(files: GenerationFiles, marker: Marker): Promise<boolean> {
  return createExclusively(markerPath(files, marker.generation), `${JSON.stringify(marker)}\n`);
}

/** Removes what dead attempts left behind. A live one that is that slow loses its file and starts again. */
export async function clean(files: GenerationFiles, graceMillis: number): Promise<void> {
  const before = Date.now() - graceMillis;
  const leftovers = [
    ...(await readdir(files.next)).map((name) => join(files.next, name)),
    ...(await readdir(files.cuts)).filter((name) => name.endsWith('.tmp')).map((name) => join(files.cuts, name)),
  ];
  for (const path of leftovers) {
    try {
      if ((await stat(path)).mtimeMs < before) await rm(path, { force: true });
    } catch (error) {
      // Cleaned by somebody else at the same time.
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
