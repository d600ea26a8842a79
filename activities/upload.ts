import type { DataFile } from '../core/ports.ts';
import { dataFile, sideFile } from '../lake/layout.ts';
import type { Table } from '../lake/table.ts';
import type { LocalFile } from '../transform/build-output.ts';
import type { Attempt } from './attempt.ts';

const PARALLEL = 4;

/** Puts an attempt's files into a table's folder. Until a commit names them nobody reads them. */
export class Uploads {
  readonly #table: Table;
  readonly #attempt: Attempt;
  #count = 0;
  bytes = 0;

  constructor(table: Table, attempt: Attempt) {
    this.#table = table;
    this.#attempt = attempt;
  }

  async data(files: readonly { readonly partition: string; readonly file: LocalFile }[]): Promise<DataFile[]> {
    const added: DataFile[] = files.map(({ partition, file }) => ({
      path: dataFile(partition, this.#attempt.id, this.#count++),
      partition,
      rows: file.rows,
      bytes: file.bytes,
      stats: file.stats,
    }));
    let next = 0;
    const lane = async () => {
      for (let i = next++; i < files.length; i = next++) await this.#put(added[i]!.path, files[i]!.file);
    };
    await Promise.all(Array.from({ length: Math.min(PARALLEL, files.length) }, lane));
    return added;
  }

  /** @returns the path that the ledger entry names. */
  async side(name: string, file: LocalFile): Promise<string> {
    const path = sideFile(this.#attempt.id, name);
    await this.#put(path, file);
    return path;
  }

  async #put(path: string, file: LocalFile): Promise<void> {
    await this.#table.store.putFile(`${this.#table.folder}/${path}`, file.localPath);
    this.bytes += file.bytes;
  }
}
