import { randomUUID } from 'node:crypto';
import { constants, readFile } from 'node:fs';
import { copyFile, link, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { makeFolder, syncFile, syncFolder, writeDurably } from './file-durability.ts';
import { codeOf, fileError } from './file-errors.ts';
import { listFiles, withInfo } from './file-listing.ts';
import {
  alreadyThere,
  assertPath,
  assertRange,
  type ByteRange,
  bytesOf,
  type ListOptions,
  missingObject,
  type ObjectInfo,
  type ObjectStore,
  textOf,
} from './object-store.ts';

/** Small files in a quarter of the time that fs/promises takes: planning reads thousands of commits. */
const readWhole = promisify(readFile);

/** Unfinished writes live here, below the root: same file system, never listed. */
const TEMP = '.strata-tmp';
const TEMP_LIFETIME_MILLIS = 24 * 3_600_000;

/** A folder as object store. Atomic by link(): the name appears when the content is complete and synced. */
export class FileStore implements ObjectStore {
  readonly #root: string;
  #swept: Promise<void> | undefined;

  /** @param root absolute path; made at the first write. */
  constructor(root: string) {
    this.#root = resolve(root);
  }

  uri(path: string): string {
    assertPath(path);
    return join(this.#root, path);
  }

  async get(path: string, range?: ByteRange): Promise<Uint8Array | undefined> {
    const file = this.uri(path);
    if (range) assertRange(range);
    try {
      return range ? await readRange(file, range) : await readWhole(file);
    } catch (error) {
      // A folder is no object, and neither is what lies below a file.
      if (['ENOENT', 'EISDIR', 'ENOTDIR'].includes(codeOf(error) ?? '')) return undefined;
      throw fileError(error, 'read', file);
    }
  }

  async getText(path: string): Promise<string | undefined> {
    const bytes = await this.get(path);
    return bytes && textOf(bytes);
  }

  async put(path: string, bytes: Uint8Array | string): Promise<void> {
    await this.#through(path, bytes, async (temp, file) => {
      await rename(temp, file);
      return true;
    });
  }

  putIfAbsent(path: string, bytes: Uint8Array | string): Promise<boolean> {
    return this.#through(path, bytes, linkIfAbsent);
  }

  list(prefix: string, options: ListOptions = {}): AsyncIterable<ObjectInfo> {
    return withInfo(this.#root, this.listPaths(prefix, options));
  }

  listPaths(prefix: string, options: ListOptions = {}): AsyncIterable<string> {
    return listFiles(this.#root, prefix, options.startAfter, (name) => name === TEMP);
  }

  async delete(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      const file = this.uri(path);
      await rm(file, { force: true }).catch((error: unknown) => {
        throw fileError(error, 'delete', file);
      });
    }
  }

  async putFile(path: string, localFile: string): Promise<void> {
    const file = this.uri(path);
    try {
      await makeFolder(dirname(file));
      await syncFile(localFile);
      if (!(await this.#linkOrCopy(localFile, file))) throw alreadyThere(file);
      await syncFolder(dirname(file));
    } catch (error) {
      throw fileError(error, 'write', file);
    }
  }

  async getFile(path: string, localFile: string): Promise<void> {
    const file = this.uri(path);
    try {
      await copyFile(file, localFile, constants.COPYFILE_FICLONE);
    } catch (error) {
      if (codeOf(error) === 'ENOENT' && (await stat(file).catch(() => undefined)) === undefined) {
        throw missingObject(file);
      }
      throw fileError(error, 'copy', file);
    }
  }

  /** Writes beside, lets `place` give it its name, and leaves no temporary behind whatever happens. */
  async #through(
    path: string,
    content: Uint8Array | string,
    place: (temp: string, file: string) => Promise<boolean>,
  ): Promise<boolean> {
    const file = this.uri(path);
    const temp = this.#temp();
    try {
      await makeFolder(dirname(file));
      await this.#prepareTemp();
      await writeDurably(temp, bytesOf(content));
      const placed = await place(temp, file);
      if (placed) await syncFolder(dirname(file));
      return placed;
    } catch (error) {
      throw fileError(error, 'write', file);
    } finally {
      await rm(temp, { force: true }).catch(() => undefined);
    }
  }

  async #linkOrCopy(localFile: string, file: string): Promise<boolean> {
    try {
      return await linkIfAbsent(localFile, file);
    } catch (error) {
      if (codeOf(error) !== 'EXDEV') throw error;
    }
    const temp = this.#temp();
    try {
      await this.#prepareTemp();
      await copyFile(localFile, temp, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      await syncFile(temp);
      return await linkIfAbsent(temp, file);
    } finally {
      await rm(temp, { force: true }).catch(() => undefined);
    }
  }

  #temp(): string {
    return join(this.#root, TEMP, randomUUID());
  }

  /** What a killed process left behind is removed by the next one, a day later. */
  #prepareTemp(): Promise<void> {
    this.#swept ??= (async () => {
      const folder = join(this.#root, TEMP);
      await makeFolder(folder);
      for (const name of await readdir(folder)) {
        const info = await stat(join(folder, name)).catch(() => undefined);
        if (info && Date.now() - info.mtimeMs > TEMP_LIFETIME_MILLIS) await rm(join(folder, name), { force: true });
      }
    })().catch((error: unknown) => {
      this.#swept = undefined;
      throw error;
    });
    return this.#swept;
  }
}

async function linkIfAbsent(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function readRange(file: string, { start, end }: ByteRange): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    const buffer = new Uint8Array(Math.max(0, end - start));
    let filled = 0;
    while (filled < buffer.length) {
      const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, start + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  } finally {
    await handle.close();
  }
}
