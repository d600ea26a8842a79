import { readFile, writeFile } from 'node:fs/promises';
import { fileError } from './file-errors.ts';
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

/** Objects in this process only; DuckDB cannot read them. For tests of what does not need files. */
export class MemoryStore implements ObjectStore {
  readonly #objects = new Map<string, { bytes: Uint8Array; modifiedAt: Date }>();

  uri(path: string): string {
    assertPath(path);
    return `memory:///${path}`;
  }

  async get(path: string, range?: ByteRange): Promise<Uint8Array | undefined> {
    assertPath(path);
    if (range) assertRange(range);
    const bytes = this.#objects.get(path)?.bytes;
    return bytes && (range ? bytes.slice(range.start, range.end) : bytes.slice());
  }

  async getText(path: string): Promise<string | undefined> {
    const bytes = await this.get(path);
    return bytes && textOf(bytes);
  }

  async put(path: string, bytes: Uint8Array | string): Promise<void> {
    assertPath(path);
    this.#objects.set(path, { bytes: bytesOf(bytes).slice(), modifiedAt: new Date() });
  }

  async putIfAbsent(path: string, bytes: Uint8Array | string): Promise<boolean> {
    assertPath(path);
    if (this.#objects.has(path)) return false;
    await this.put(path, bytes);
    return true;
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ObjectInfo> {
    const after = options.startAfter;
    const paths = [...this.#objects.keys()].filter((p) => p.startsWith(prefix) && (after === undefined || p > after));
    for (const path of paths.sort()) {
      const object = this.#objects.get(path);
      if (object) yield { path, bytes: object.bytes.length, modifiedAt: object.modifiedAt };
    }
  }

  async *listPaths(prefix: string, options: ListOptions = {}): AsyncGenerator<string> {
    for await (const { path } of this.list(prefix, options)) yield path;
  }

  async delete(paths: readonly string[]): Promise<void> {
    for (const path of paths) assertPath(path);
    for (const path of paths) this.#objects.delete(path);
  }

  async putFile(path: string, localFile: string): Promise<void> {
    const bytes = await readFile(localFile).catch((error: unknown) => {
      throw fileError(error, 'read', localFile);
    });
    if (!(await this.putIfAbsent(path, bytes))) throw alreadyThere(this.uri(path));
  }

  async getFile(path: string, localFile: string): Promise<void> {
    const bytes = await this.get(path);
    if (!bytes) throw missingObject(this.uri(path));
    await writeFile(localFile, bytes);
  }
}
