import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Dataset } from '../../core/dataset.ts';
import { lakeColumns } from '../../core/lake-columns.ts';
import { PARQUET, ROW_GROUP_ROWS } from '../../engine/parquet-format.ts';
import { readParquet } from '../../engine/sql-text.ts';

/** Folders of Parquet files, `<layer>/<table>/_partition=<name>/*.parquet`, and what this night has done to them. */
export class PlainLake {
  readonly #root: string;
  readonly #written = new Map<string, string[]>();
  readonly #changed = new Map<string, Set<string>>();
  readonly #replaced = new Set<string>();

  constructor(root: string) {
    this.#root = root;
  }

  /** Files of a table, of these partitions or of all, without those replaced this night. */
  files(dataset: Dataset, partitions?: ReadonlySet<string>): string[] {
    const folder = this.#folder(dataset.name);
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => partitions === undefined || partitions.has(name.replace('_partition=', '')))
      .flatMap((name) => readdirSync(join(folder, name)).map((file) => join(folder, name, file)))
      .filter((file) => !this.#replaced.has(file));
  }

  /** What stands behind FROM for them. */
  relation(dataset: Dataset, partitions?: ReadonlySet<string>): string {
    return this.relationOf(dataset, this.files(dataset, partitions));
  }

  relationOf(dataset: Dataset, files: readonly string[]): string {
    return readParquet(files, lakeColumns(dataset));
  }

  partitions(dataset: Dataset): ReadonlySet<string> {
    return new Set(this.files(dataset).map(partitionOfFile));
  }

  /** The partitions of a table that this night wrote or emptied. */
  changed(dataset: Dataset): ReadonlySet<string> {
    return this.#changed.get(dataset.name) ?? new Set();
  }

  writtenFiles(dataset: Dataset): readonly string[] {
    return this.#written.get(dataset.name) ?? [];
  }

  /** A COPY of rows with a `_partition` column into a table's folder. It gives the files, which `written` is to be told. */
  copySql(name: string, select: string): string {
    const folder = this.#folder(name);
    mkdirSync(folder, { recursive: true });
    return `COPY (${select}) TO '${folder}' (${PARQUET}, ROW_GROUP_SIZE ${ROW_GROUP_ROWS}, PARTITION_BY (_partition),
      FILENAME_PATTERN '${randomUUID()}_{i}', OVERWRITE_OR_IGNORE, RETURN_FILES)`;
  }

  written(dataset: Dataset, files: readonly string[]): void {
    this.#written.set(dataset.name, [...this.writtenFiles(dataset), ...files]);
    this.#change(dataset, files);
  }

  /** These files are not read any more; deleted at the end. */
  replace(dataset: Dataset, files: readonly string[]): void {
    for (const file of files) this.#replaced.add(file);
    this.#change(dataset, files);
  }

  deleteReplaced(): void {
    for (const file of this.#replaced) rmSync(file);
  }

  #change({ name }: Dataset, files: readonly string[]): void {
    this.#changed.set(name, new Set([...(this.#changed.get(name) ?? []), ...files.map(partitionOfFile)]));
  }

  #folder(name: string): string {
    return join(this.#root, name.replace('.', '/'));
  }
}

const partitionOfFile = (file: string): string => /_partition=([^/]+)\//.exec(file)?.[1] ?? '';
