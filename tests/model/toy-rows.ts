import { type Dataset, PARTITION_COLUMN, WHOLE } from '../../core/dataset.ts';
import { instantFromMillis } from '../../core/instant.ts';
import { partitionAt } from '../../core/interval.ts';
import type { DataFile } from '../../core/ports.ts';
import type { TableState } from '../../lake/table-state.ts';

/** Times are seconds since {@link EPOCH}. */
export type Row = Readonly<Record<string, string | number | boolean | null>>;

/** Two days before a month ends, so that a few days make two months. */
export const EPOCH = Date.UTC(2026, 9, 30);
export const DAY = 86_400;

export const instantAt = (seconds: number): string => instantFromMillis(EPOCH + seconds * 1000);
export const dayAt = (seconds: number): string => partitionAt(instantAt(seconds), 'day');

export function partitionOf(dataset: Dataset, row: Row): string {
  const by = dataset.partitionBy;
  if (by.kind === 'bucket') throw new Error('The toy company has no buckets.');
  return by.kind === 'all' ? WHOLE : partitionAt(instantAt(row[by.column] as number), by.grain);
}

/** Rows of immutable files, by path: the toy's Parquet. */
export class Files {
  readonly #rows = new Map<string, readonly Row[]>();
  #count = 0;

  write(partition: string, rows: readonly Row[]): DataFile {
    const path = `${PARTITION_COLUMN}=${partition}/f${this.#count++}.parquet`;
    this.#rows.set(path, rows);
    return { path, partition, rows: rows.length, bytes: rows.length };
  }

  /** A side file. */
  writeAside(rows: readonly Row[]): string {
    const path = `_strata/side/f${this.#count++}.parquet`;
    this.#rows.set(path, rows);
    return path;
  }

  read(path: string): readonly Row[] {
    const rows = this.#rows.get(path);
    if (!rows) throw new Error(`no such file: ${path}`);
    return rows;
  }

  rowsOf(state: TableState, partition?: string): Row[] {
    const files = [...state.files.values()].filter((f) => partition === undefined || f.partition === partition);
    return files.flatMap((f) => this.read(f.path));
  }
}

/** Rows as a set, whatever their order; over the declared columns only. */
export function digestOf(dataset: Dataset, rows: readonly Row[]): string {
  const names = dataset.columns.map((c) => c.name);
  const technical = dataset.kind === 'source' ? ['_op', '_position'] : [];
  return rows
    .map((row) => [...names, ...technical].map((name) => String(row[name])).join(','))
    .sort()
    .join(';');
}

export const keyOf = (dataset: Dataset, row: Row): string => dataset.key.map((k) => String(row[k])).join('|');

export function groupBy<T>(items: readonly T[], name: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(name(item));
    if (group) group.push(item);
    else groups.set(name(item), [item]);
  }
  return groups;
}
