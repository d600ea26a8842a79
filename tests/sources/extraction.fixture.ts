import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BRONZE_COLUMNS, type SourceDataset } from '../../core/dataset.ts';
import type { Staged } from '../../core/ports.ts';
import type { Value } from '../../engine/duckdb-values.ts';
import { openSession, type Session } from '../../engine/session.ts';
import { ident, readParquet } from '../../engine/sql-text.ts';
import { resolveDuckdbExtensions } from '../../services/duckdb.extensions.ts';
import { extract } from '../../sources/extract.ts';
import type { ExtractOptions, ExtractRequest } from '../../sources/extraction.types.ts';

const extensions = await resolveDuckdbExtensions({ names: ['postgres_scanner'] });

/** The ways PostgreSQL is read on this machine. Where the scanner cannot be had, the reason. */
export const scannerMissing = extensions.missing.postgres_scanner;
export const READERS = ['scanner', 'copy'] as const;
export const EVERYTHING: ExtractRequest = { lower: null, upper: null };

/** A folder and sessions of one test file. */
export class Extraction {
  readonly folder: string;
  #count = 0;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(): Promise<Extraction> {
    return new Extraction(await mkdtemp(join(tmpdir(), 'strata-extract-')));
  }

  /** A folder that nobody has used. */
  fresh(): string {
    return join(this.folder, String(this.#count++));
  }

  openSession = (signal?: AbortSignal, memoryLimit = '512MB'): Promise<Session> =>
    openSession({
      memoryLimit,
      threads: 2,
      tempDirectory: this.folder,
      extensionsDirectory: extensions.folder,
      ...(signal && { signal }),
    });

  extract(
    dataset: SourceDataset,
    request: ExtractRequest,
    url: string,
    options: Partial<ExtractOptions> = {},
  ): Promise<Staged> {
    return extract(dataset, request, { url }, { directory: this.fresh(), openSession: this.openSession, ...options });
  }

  /** Staged rows as objects, ordered by the first column. */
  async rows(dataset: SourceDataset, staged: Staged): Promise<Record<string, Value>[]> {
    await using session = await this.openSession();
    return await session.rows(`SELECT * FROM ${relation(dataset, staged)} ORDER BY ${ident(dataset.columns[0]!.name)}`);
  }

  /** One value of a query over the staged rows, `{{staged}}`. */
  async value(dataset: SourceDataset, staged: Staged, sql: string): Promise<Value | undefined> {
    await using session = await this.openSession();
    return await session.value(sql.replaceAll('{{staged}}', relation(dataset, staged)));
  }

  close(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

function relation(dataset: SourceDataset, staged: Staged): string {
  const technical = Object.entries(BRONZE_COLUMNS).map(([name, sqlType]) => ({ name, sqlType }));
  return readParquet(staged.uris, [...dataset.columns, ...technical]);
}
