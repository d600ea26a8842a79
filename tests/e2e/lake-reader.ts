import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { claimTag } from '../../core/claim-tag.ts';
import type { Claim } from '../../core/ledger.ts';
import { quoted, type TextRow, withDuckdb } from './text-rows.ts';

interface PlainAdd {
  readonly path: string;
  readonly partition: string;
}

/** A file of a table's log, as any JSON reader sees it. */
export interface PlainCommit {
  readonly version: number;
  readonly adds: readonly PlainAdd[];
  readonly removes: readonly PlainAdd[];
  /** Partition -> digest, as far as the ledger entry names them. */
  readonly digests: Readonly<Record<string, string>>;
  /** Of a merge: the input partitions it took in, and the claim it did so by. */
  readonly merged: readonly string[];
  readonly claim: Claim | undefined;
}

/** Reads the lake of one environment with nothing of Strata but the names of claims: JSON logs, and Parquet by DuckDB from the logs' list of files. */
export class LakeReader {
  /** `<lake>/<env>` as a folder. */
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** `bronze.transaction`, ... of everything that has a log. */
  async tables(): Promise<string[]> {
    const tables: string[] = [];
    for (const layer of await readdir(this.root)) {
      if (layer.startsWith('_')) continue;
      for (const table of await readdir(join(this.root, layer))) {
        if (await stat(join(this.root, layer, table, '_delta_log')).catch(() => undefined))
          tables.push(`${layer}.${table}`);
      }
    }
    return tables.sort();
  }

  folderOf(table: string): string {
    return join(this.root, ...table.split('.'));
  }

  /** In order; none for a table that is not there. Fails on a gap. */
  async commits(table: string): Promise<PlainCommit[]> {
    const folder = join(this.folderOf(table), '_delta_log');
    const names = (await readdir(folder).catch(() => [])).filter((name) => /^\d{20}\.json$/.test(name)).sort();
    return Promise.all(
      names.map(async (name, version) => {
        if (Number(name.slice(0, 20)) !== version) throw new Error(`${table}: version ${version} is missing`);
        return parseCommit(version, await readFile(join(folder, name), 'utf8'));
      }),
    );
  }

  /** The table's files now. */
  async files(table: string): Promise<PlainAdd[]> {
    const files = new Map<string, PlainAdd>();
    for (const { adds, removes } of await this.commits(table)) {
      for (const { path } of removes) files.delete(path);
      for (const add of adds) files.set(add.path, add);
    }
    return [...files.values()];
  }

  /** All rows with their `_partition`. @param list default: the files that the log names */
  async rows(table: string, list?: readonly PlainAdd[]): Promise<TextRow[]> {
    const files = list ?? (await this.files(table));
    if (files.length === 0) return [];
    const folder = this.folderOf(table);
    return withDuckdb(async (rows) => {
      const byPath = new Map(files.map(({ path, partition }) => [join(folder, path), partition]));
      const paths = [...byPath.keys()].map(quoted).join(', ');
      const read = await rows(
        `SELECT * FROM read_parquet([${paths}], union_by_name = true, hive_partitioning = false, filename = '_file')`,
      );
      return read.map(({ _file, ...row }) => ({ ...row, _partition: byPath.get(_file as string) ?? null }));
    });
  }

  /** Partition -> digest of its content, folded from the log. */
  async digests(table: string): Promise<Map<string, string>> {
    return new Map((await this.commits(table)).flatMap(({ digests }) => Object.entries(digests)));
  }

  async versions(): Promise<Record<string, number>> {
    const tables = await this.tables();
    return Object.fromEntries(
      await Promise.all(tables.map(async (table) => [table, (await this.commits(table)).length - 1] as const)),
    );
  }

  /** Input partition -> name of the claim that took it in last. */
  async marks(table: string): Promise<Map<string, string>> {
    const commits = await this.commits(table);
    return new Map(
      commits.flatMap(({ merged, claim }) =>
        merged.map((partition) => [partition, claim ? claimTag(claim) : ''] as const),
      ),
    );
  }
}

function parseCommit(version: number, text: string): PlainCommit {
  const actions = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const files = (kind: 'add' | 'remove') => actions.flatMap((action) => (action[kind] ? [fileOf(action[kind])] : []));
  const entry = actions.find((action) => action.commitInfo)?.commitInfo.strata;
  const digests = Object.entries<{ digest: string }>(entry?.partitions ?? {}).map(([name, { digest }]) => [
    name,
    digest,
  ]);
  return {
    version,
    adds: files('add'),
    removes: files('remove'),
    digests: Object.fromEntries(digests),
    merged: entry?.merged ?? [],
    claim: entry?.claim,
  };
}

function fileOf(action: { path: string; partitionValues: Record<string, string> }): PlainAdd {
  return { path: decodeURIComponent(action.path), partition: action.partitionValues._partition ?? '' };
}
