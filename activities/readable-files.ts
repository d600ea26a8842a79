import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadExtension } from '../engine/extensions.ts';
import type { Session } from '../engine/session.ts';
import type { Table } from '../lake/table.ts';
import type { InputFile } from '../transform/build-input.ts';

/** Makes a session's inputs readable by DuckDB: local files as they are, S3 through httpfs, else fetched beforehand. */
export class ReadableFiles {
  readonly #session: Session;
  readonly #directory: string;
  #remote: Promise<boolean> | undefined;
  #count = 0;

  constructor(session: Session, directory: string) {
    this.#session = session;
    this.#directory = directory;
  }

  async of(
    table: Table,
    files: readonly { readonly path: string; readonly partition: string }[],
  ): Promise<InputFile[]> {
    const readable = files.map(({ path, partition }) => ({ path, partition, uri: table.uriOf(path) }));
    if (readable.every(({ uri }) => !uri.startsWith('s3://'))) return readable;
    this.#remote ??= loadExtension(this.#session, 'httpfs').then((state) => state.loaded);
    if (await this.#remote) return readable;
    return Promise.all(
      readable.map(async ({ path, partition }) => ({ partition, uri: await this.#fetch(table, path) })),
    );
  }

  /** One side file. */
  async one(table: Table, path: string): Promise<string> {
    const [file] = await this.of(table, [{ path, partition: '' }]);
    return file!.uri;
  }

  async #fetch(table: Table, path: string): Promise<string> {
    const folder = join(this.#directory, 'fetched');
    await mkdir(folder, { recursive: true });
    const local = join(folder, `${this.#count++}.parquet`);
    await table.store.getFile(`${table.folder}/${path}`, local);
    return local;
  }
}
